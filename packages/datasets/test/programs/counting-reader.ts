// A reader whose row r has the numbers r, r + 1, …
import type { OpenReader } from '@convoy/datasets';

export const openReader: OpenReader<{ readonly add: number }> = ({ add }) => ({
  async read(row, into) {
    for (let i = 0; i < into.length; i++) into[i] = (row + i + add) & 255;
  },
});

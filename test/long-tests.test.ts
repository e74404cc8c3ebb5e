// The list of long tests names files that exist.
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LONG_TESTS } from '../scripts/long-tests.ts';

it.each(LONG_TESTS)('%s exists', (file) => {
  expect(existsSync(new URL(`../${file}`, import.meta.url))).toBe(true);
});

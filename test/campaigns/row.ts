// A line of the table of a campaign, which is printed before the next line is known, so its columns have a fixed width.
const WIDTH = 12;

export const row = (...cells: readonly (string | number)[]): string =>
  cells.map((cell) => String(cell).padStart(WIDTH)).join('');

// A line of a campaign's table.
const WIDTH = 12;

export const row = (...cells: readonly (string | number)[]): string =>
  cells.map((cell) => String(cell).padStart(WIDTH)).join('');

// Tables of text.

/** Each column is as wide as its widest cell, and aligned to the right; the columns in `left` are aligned to the left. */
export function formatTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  left: readonly number[],
): readonly string[] {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const cell = (text: string, column: number): string => {
    const width = widths[column] as number;
    return left.includes(column) ? text.padEnd(width) : text.padStart(width);
  };
  return all.map((row) => row.map(cell).join('  ').trimEnd());
}

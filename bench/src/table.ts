// Tables of text, and figures for them.

/** Lines of columns as wide as they need to be: numbers to the right, the columns `left` to the left. */
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

/** Three digits or more, without decimals that mean nothing. */
export const formatFigure = (figure: number): string => (figure >= 100 ? figure.toFixed(0) : figure.toPrecision(3));

export const formatShare = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const formatMegabytes = (bytes: number): string => formatFigure(bytes / 1e6);

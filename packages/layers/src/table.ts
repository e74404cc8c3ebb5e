// Tables for people, in plain text.

/**
 * Lines of columns with a rule below the head and one above the last `footers` rows. The first `leftAligned` columns hold names, the others
 * numbers.
 *
 * @param rows the head, then the body; all of the same length
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  { leftAligned, footers }: { readonly leftAligned: number; readonly footers: number },
): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] as number;
        return column < leftAligned ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.length)));
  const end = lines.length - footers;
  return [...lines.slice(0, 1), rule, ...lines.slice(1, end), rule, ...lines.slice(end)].join('\n');
}

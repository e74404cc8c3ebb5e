// Tables in plain text, for terminals and logs.

/** How a table is laid out. */
export interface TableOptions {
  /**
   * The columns, counted from 0, whose texts begin at the left; default the first. The others end at the right, as
   * numbers do.
   */
  readonly left?: readonly number[];
  /** The first rows, which a rule separates from the body; default 0. */
  readonly header?: number;
  /** The last rows, which a rule separates from the body; default 0. */
  readonly footer?: number;
}

/**
 * A table: one line per row, two spaces between columns, no spaces at the ends of lines. A row may have fewer cells
 * than others.
 *
 * ```ts
 * formatTable([['layer', 'parameters'], ['conv1', '156'], ['dense', '850'], ['total', '1,006']], { header: 1, footer: 1
 * });
 * // layer  parameters
 * // ─────────────────
 * // conv1         156
 * // dense         850
 * // ─────────────────
 * // total       1,006
 * ```
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  { left = [0], header = 0, footer = 0 }: TableOptions = {},
): string {
  const columns = largest(rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    largest(rows.map((row) => textWidth(row[column] ?? ''))),
  );
  const lines = rows.map((row) =>
    row
      .map((text, column) => {
        const space = ' '.repeat((widths[column] as number) - textWidth(text));
        return left.includes(column) ? text + space : space + text;
      })
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(largest(lines.map(textWidth)));
  const bodyEnd = lines.length - footer;
  return [
    ...lines.slice(0, header),
    ...(header > 0 ? [rule] : []),
    ...lines.slice(header, bodyEnd),
    ...(footer > 0 ? [rule] : []),
    ...lines.slice(bodyEnd),
  ].join('\n');
}

// Marks and joiners, which a terminal draws over the character before them.
const ZERO_WIDTH = /[\p{Mn}\p{Me}\u200b-\u200d]/gu;
// East Asian letters and pictographs, which take two columns (Unicode Standard Annex 11: wide and fullwidth).
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** The largest of any number of widths; `Math.max` takes only as many arguments as the stack holds. */
const largest = (widths: readonly number[]): number => widths.reduce((a, b) => Math.max(a, b), 0);

/** Columns that a text takes in a terminal. */
function textWidth(text: string): number {
  return [...text.replace(ZERO_WIDTH, '')].reduce((width, character) => width + (WIDE.test(character) ? 2 : 1), 0);
}

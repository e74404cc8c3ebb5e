// Neighbouring columns of a plane that are computed side by side when a window slides over its rows. Which cells of a kernel row join them to
// which columns of the other plane is known beforehand: edges need no tests while a kernel runs, and what is loaded serves several columns.
import type { Index } from '../../language/index-expression.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import type { Axis } from './taps.ts';

/** Kernel cell `kernel` joins column `column` to column `source` of the other plane, both counted from where the tile begins. */
interface Meeting {
  readonly column: number;
  readonly kernel: number;
  readonly source: number;
}

/** A tile, and those behind it that differ in nothing but their place. */
export interface ColumnTiles {
  readonly count: number;
  /** Columns of one tile. */
  readonly columns: number;
  /** Where the first of them begins, in its own plane and in the other one. */
  readonly first: number;
  readonly source: number;
  /** Columns of the other plane from one tile to the next. */
  readonly sourceStep: number;
  /** All that lie inside both planes, ordered by `source`. So those of a column come in the order of kernel cells, and the other way round. */
  readonly meetings: readonly Meeting[];
}

/** Covers the columns of the output; the other plane is the input. */
export function outputTiles(axis: Axis, largest: number): readonly ColumnTiles[] {
  const { input, kernel, output, stride, padding, dilation } = axis;
  const source = (column: number, cell: number) => column * stride - padding + cell * dilation;
  return tilesOf({ kernel, columns: output, sources: input, source, period: 1, shift: stride }, largest);
}

/** Covers the columns of the input, at least as many at once as the stride; the other plane is the output, taken backwards. */
export function inputTiles(axis: Axis, largest: number): readonly ColumnTiles[] {
  const { input, kernel, output, stride, padding, dilation } = axis;
  const source = (column: number, cell: number) => (column + padding - cell * dilation) / stride;
  const tiles = tilesOf({ kernel, columns: input, sources: output, source, period: stride, shift: 1 }, largest);
  return tiles.map((run) => ({ ...run, meetings: run.meetings.toReversed() }));
}

/** A row of columns, and what a kernel row joins it to. */
interface Row {
  readonly kernel: number;
  readonly columns: number;
  readonly sources: number;
  /** What a kernel cell joins to a column; nothing unless it is a column of the other plane. */
  source(column: number, cell: number): number;
  /** So many columns further the same kernel cells meet the other plane, `shift` columns further. */
  readonly period: number;
  readonly shift: number;
}

/** Tiles of whole periods; of the last one there may be less. */
function tilesOf(row: Row, largest: number): readonly ColumnTiles[] {
  const periods = evenParts(Math.ceil(row.columns / row.period), Math.max(1, Math.floor(largest / row.period)));
  const runs: ColumnTiles[] = [];
  for (const part of periods) {
    const first = part.first * row.period;
    const source = part.first * row.shift;
    const columns = Math.min(part.size * row.period, row.columns - first);
    const meetings = meetingsOf(row, first, columns, source);
    const tile = { count: 1, columns, first, source, sourceStep: part.size * row.shift, meetings };
    const last = runs.at(-1);
    if (last && areAlike(last, tile)) runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push(tile);
  }
  return runs;
}

function meetingsOf(row: Row, first: number, columns: number, firstSource: number): readonly Meeting[] {
  const meetings: Meeting[] = [];
  for (let column = 0; column < columns; column++) {
    for (let kernel = 0; kernel < row.kernel; kernel++) {
      const source = row.source(first + column, kernel);
      const isInside = Number.isInteger(source) && source >= 0 && source < row.sources;
      if (isInside) meetings.push({ column, kernel, source: source - firstSource });
    }
  }
  return meetings.sort((a, b) => a.source - b.source);
}

const areAlike = (a: ColumnTiles, b: ColumnTiles): boolean =>
  a.columns === b.columns && JSON.stringify(a.meetings) === JSON.stringify(b.meetings);

/** Divides 0 … count − 1 into parts of at most `largest`, as even as possible. */
export function evenParts(
  count: number,
  largest: number,
): readonly { readonly first: number; readonly size: number }[] {
  const parts = Math.ceil(count / largest);
  const start = (part: number) => Math.ceil((part * count) / parts);
  return Array.from({ length: parts }, (_, i) => ({ first: start(i), size: start(i + 1) - start(i) }));
}

/** Writes one tile, which begins at `first` in its own plane and at `source` in the other one. */
export type TileVisitor = (tile: ColumnTiles, first: Index, source: Index) => void;

/** Visits the tiles from left to right. */
export function forEachTile(k: KernelBuilder, runs: readonly ColumnTiles[], visit: TileVisitor): void {
  for (const run of runs) {
    k.loop('tile', 0, run.count, (tile) =>
      visit(run, tile.times(run.columns).plus(run.first), tile.times(run.sourceStep).plus(run.source)),
    );
  }
}

// Tiles of neighboring columns that are computed side by side when a window slides over a row. The columns of the other
// plane that each kernel cell connects to them are known when a kernel is built, so edges need no tests at run time,
// and a loaded cell serves several columns.
import type { Index } from '../../language/index-expression.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import type { Axis } from './taps.ts';

/**
 * Kernel cell `kernel` connects column `column` to column `source` of the other plane, both relative to the first
 * column of the tile.
 */
interface Tap {
  readonly column: number;
  readonly kernel: number;
  readonly source: number;
}

/** A run of adjacent tiles that differ only in their position. */
export interface ColumnTiles {
  readonly count: number;
  /** Columns of a tile. */
  readonly columns: number;
  /** The first column of the first tile, in its own plane and in the other plane. */
  readonly first: number;
  readonly source: number;
  /** Columns of the other plane from one tile to the next. */
  readonly sourceStep: number;
  /**
   * All taps inside both planes, ordered by `source`. The taps of a column are then in the order of kernel cells, and
   * vice versa.
   */
  readonly taps: readonly Tap[];
}

/** Covers the columns of the output. The other plane is the input. */
export function outputTiles(axis: Axis, largest: number): readonly ColumnTiles[] {
  const { input, kernel, output, stride, padding, dilation } = axis;
  const source = (column: number, cell: number) => column * stride - padding + cell * dilation;
  return tilesOf({ kernel, columns: output, sources: input, source, period: 1, shift: stride }, largest);
}

/**
 * Covers the columns of the input with tiles of at least `stride` columns. The other plane is the output, in reverse
 * order.
 */
export function inputTiles(axis: Axis, largest: number): readonly ColumnTiles[] {
  const { input, kernel, output, stride, padding, dilation } = axis;
  const source = (column: number, cell: number) => (column + padding - cell * dilation) / stride;
  const tiles = tilesOf({ kernel, columns: input, sources: output, source, period: stride, shift: 1 }, largest);
  return tiles.map((run) => ({ ...run, taps: run.taps.toReversed() }));
}

/** A row of columns, and how a kernel row connects it to the other plane. */
interface Row {
  readonly kernel: number;
  readonly columns: number;
  readonly sources: number;
  /** The column of the other plane that a kernel cell connects to a column; none if it is not an integer or outside. */
  source(column: number, cell: number): number;
  /** `period` columns further, the same kernel cells connect to columns that are `shift` columns further. */
  readonly period: number;
  readonly shift: number;
}

/** Tiles of whole periods, except that the last tile may be smaller. */
function tilesOf(row: Row, largest: number): readonly ColumnTiles[] {
  const periods = evenParts(Math.ceil(row.columns / row.period), Math.max(1, Math.floor(largest / row.period)));
  const runs: ColumnTiles[] = [];
  for (const part of periods) {
    const first = part.first * row.period;
    const source = part.first * row.shift;
    const columns = Math.min(part.size * row.period, row.columns - first);
    const taps = tapsOf(row, first, columns, source);
    const tile = { count: 1, columns, first, source, sourceStep: part.size * row.shift, taps };
    const last = runs.at(-1);
    if (last && areAlike(last, tile)) runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push(tile);
  }
  return runs;
}

function tapsOf(row: Row, first: number, columns: number, firstSource: number): readonly Tap[] {
  const taps: Tap[] = [];
  for (let column = 0; column < columns; column++) {
    for (let kernel = 0; kernel < row.kernel; kernel++) {
      const source = row.source(first + column, kernel);
      const isInside = Number.isInteger(source) && source >= 0 && source < row.sources;
      if (isInside) taps.push({ column, kernel, source: source - firstSource });
    }
  }
  return taps.sort((a, b) => a.source - b.source);
}

const areAlike = (a: ColumnTiles, b: ColumnTiles): boolean =>
  a.columns === b.columns && JSON.stringify(a.taps) === JSON.stringify(b.taps);

/** Divides 0 … count − 1 into parts of at most `largest`, whose sizes differ by at most 1. */
export function evenParts(
  count: number,
  largest: number,
): readonly { readonly first: number; readonly size: number }[] {
  const parts = Math.ceil(count / largest);
  const start = (part: number) => Math.ceil((part * count) / parts);
  return Array.from({ length: parts }, (_, i) => ({ first: start(i), size: start(i + 1) - start(i) }));
}

/** Writes the code of a tile whose first column is `first` in its own plane and `source` in the other plane. */
export type TileVisitor = (tile: ColumnTiles, first: Index, source: Index) => void;

/** Visits the tiles from left to right. */
export function forEachTile(k: KernelBuilder, runs: readonly ColumnTiles[], visit: TileVisitor): void {
  for (const run of runs) {
    k.loop('tile', 0, run.count, (tile) =>
      visit(run, tile.times(run.columns).plus(run.first), tile.times(run.sourceStep).plus(run.source)),
    );
  }
}

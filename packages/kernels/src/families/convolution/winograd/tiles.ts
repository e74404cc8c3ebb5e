// How Winograd's algorithm divides planes: into tiles of outputs, and into bands of rows of tiles that are processed at
// once.
import { Index, minimum } from '../../../language/index-expression.ts';
import type { KernelBuilder } from '../../../language/kernel-builder.ts';
import type { Conv2dShape } from '../../../shapes.ts';
import { geometry } from '../conv2d-sums.ts';
import type { Axis } from '../taps.ts';
import { outputsOf, type Size } from './transforms.ts';

/** A convolution of stride 1. */
export interface Problem {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly rows: Axis;
  readonly columns: Axis;
}

export function problemOf(shape: Conv2dShape): Problem {
  const { rows, columns } = geometry(shape);
  return { inChannels: shape.inChannels, outChannels: shape.outChannels, rows, columns };
}

/** The number of outputs of a tile along an axis. */
export const tileOutputs = (axis: Axis): number => outputsOf(axis.kernel);

/** The number of tiles that cover the outputs of an axis; the last one may extend beyond them. */
export const tilesOf = (axis: Axis): number => Math.ceil(axis.output / tileOutputs(axis));

export const kernelSize = ({ rows, columns }: Problem): Size => ({ rows: rows.kernel, columns: columns.kernel });

export const tileSize = ({ rows, columns }: Problem): Size => ({
  rows: tileOutputs(rows),
  columns: tileOutputs(columns),
});

/** Adjacent rows of tiles. */
export interface Band {
  readonly first: Index;
  readonly rows: Index;
}

/** Covers the rows of tiles with bands of `bandRows`; the last one may be smaller. */
export function forEachBand(k: KernelBuilder, axis: Axis, bandRows: number, visit: (band: Band) => void): void {
  const rows = tilesOf(axis);
  const whole = new Index(bandRows);
  const rest = (first: Index) => k.bind('rows', minimum(whole, new Index(rows).minus(first)));
  k.loop('band', 0, rows, (first) => visit({ first, rows: rows % bandRows === 0 ? whole : rest(first) }), bandRows);
}

/** The index of a tile in its band. */
export const tileAt = ({ columns }: Problem, row: Index, column: Index): Index =>
  row.times(tilesOf(columns)).plus(column);

// The sum of the shards' gradients, always in the order of the shards: what every pass over the gradients begins with.

import { add, load } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import { type Accessor, type BufferKind, cells, repeated } from '../../language/operands.ts';
import { LANES, type Vector } from '../../language/value.ts';

/** Parameters are updated in units of this many floats: a cache line, so that no two workers write to the same one. */
export const UPDATE_UNIT = 2 * LANES;
/** Vectors of a unit. */
export const UNIT_VECTORS = UPDATE_UNIT / LANES;

export interface UpdateShape {
  /** Floats of parameters, a multiple of `UPDATE_UNIT`. */
  readonly parameters: number;
  /** Floats from one shard's gradients to the next one's. */
  readonly shardStride: number;
}

/** An array of one number per parameter: (unit, vector of the unit). */
export const unitCells = ({ parameters }: UpdateShape): BufferKind<[number, number]> =>
  cells(parameters / UPDATE_UNIT, UNIT_VECTORS);

/** The gradients of all shards: (shard, unit, vector of the unit). */
export const shardGradients = (shape: UpdateShape): BufferKind<[number, number, number]> =>
  repeated(unitCells(shape), shape.shardStride);

/** g = Σ gradients over the shards, of which there is at least one, in order; the vectors of one unit. */
export function sumShards(
  k: KernelBuilder,
  gradients: Accessor<[number, number, number]>,
  unit: Index,
  shards: Index,
): readonly Vector[] {
  const sums = Array.from({ length: UNIT_VECTORS }, (_, i) => k.variable('g', load(gradients(0, unit, i))));
  k.loop('shard', 1, shards, (shard) =>
    sums.forEach((sum, i) => {
      sum.set(add(sum.value, load(gradients(shard, unit, i))));
    }),
  );
  return sums.map((sum) => sum.value);
}

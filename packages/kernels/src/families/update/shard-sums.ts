// The sum of the shards' gradients, always in the order of the shards: what every pass over the gradients begins with.
import type { Index, IndexLike } from '../../language/index-expression.ts';
import { cells, type KernelBuilder } from '../../language/kernel-builder.ts';
import { type Access, add, type Buffer, LANES, load, type Vector } from '../../language/value.ts';

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

/** Names the vectors of an array of one number a parameter: (unit, vector of the unit). */
export const unitsOf = (array: Buffer, { parameters }: UpdateShape): ((unit: IndexLike, vector: IndexLike) => Access) =>
  cells(array, [parameters / UPDATE_UNIT, UNIT_VECTORS]);

/** g = Σ gradients over the shards, of which there is at least one, in order; the vectors of one unit. */
export function sumShards(
  k: KernelBuilder,
  gradients: Buffer,
  { shardStride }: UpdateShape,
  unit: Index,
  shards: Index,
): readonly Vector[] {
  const gradient = cells(gradients, [1, shardStride / LANES]);
  const at = (vector: number) => unit.times(UNIT_VECTORS).plus(vector);
  const sums = Array.from({ length: UNIT_VECTORS }, (_, i) => k.variable('g', load(gradient(0, at(i)))));
  k.loop('shard', 1, shards, (shard) =>
    sums.forEach((sum, i) => {
      sum.set(add(sum.value, load(gradient(shard, at(i)))));
    }),
  );
  return sums.map((sum) => sum.value);
}

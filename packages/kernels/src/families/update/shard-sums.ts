// The sum of the gradients over the shards, in the order of the shards.
import { add, load } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import { type Accessor, type BufferKind, cells, repeated } from '../../language/operands.ts';
import { LANES, type Vector } from '../../language/value.ts';

/**
 * Parameters are updated in units of this many floats: a cache line, so that no two workers write to the same cache
 * line.
 */
export const UPDATE_UNIT = 2 * LANES;
/** The number of vectors in a unit. */
export const UNIT_VECTORS = UPDATE_UNIT / LANES;

/** The gradients and parameters of an update. */
export interface UpdateShape {
  /** The number of floats of parameters, a multiple of `UPDATE_UNIT`. */
  readonly parameters: number;
  /** Floats from the gradients of one shard to those of the next. */
  readonly shardStride: number;
}

/** An array of one number per parameter: (unit, vector of the unit). */
export const unitCells = ({ parameters }: UpdateShape): BufferKind<[number, number]> =>
  cells(parameters / UPDATE_UNIT, UNIT_VECTORS);

/** The gradients of all shards: (shard, unit, vector of the unit). */
export const shardGradients = (shape: UpdateShape): BufferKind<[number, number, number]> =>
  repeated(unitCells(shape), shape.shardStride);

/** g = Σ gradients over the shards in order: the vectors of a unit. There must be at least one shard. */
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

// Clipping of gradients: rules that clip or scale the gradient before they apply another rule, and the pass over the
// gradients before the update that clipping by the global norm needs.
import { add, max, min, multiply, splat, sumLanes } from '../../language/floats.ts';
import { minimum } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import { scalars } from '../../language/operands.ts';
import type { Vector } from '../../language/value.ts';
import { shardGradients, sumShards, UNIT_VECTORS, UPDATE_UNIT, type UpdateShape } from './shard-sums.ts';
import type { UpdateRule } from './update.ts';

/** The rule after g ← max(min(g, limit), −limit), as `torch.nn.utils.clip_grad_value_`. NaN stays NaN. */
export const clippedByValue = <Slot extends string, Name extends string>(
  rule: UpdateRule<Slot, Name>,
  limit: number,
): UpdateRule<Slot, Name> => ({
  ...rule,
  step: (k, now, numbers) => rule.step(k, { ...now, g: clip(k, now.g, limit) }, numbers),
});

/** The rule after g ← gradientScale · g. The hyperparameter gradientScale precedes those of the rule. */
export const scaled = <Slot extends string, Name extends string>(
  rule: UpdateRule<Slot, Name>,
): UpdateRule<Slot, Name | 'gradientScale'> => ({
  ...rule,
  hyperparameters: ['gradientScale', ...rule.hyperparameters],
  step: (k, now, numbers) =>
    rule.step(k, { ...now, g: k.let('scaled', multiply(numbers.gradientScale, now.g)) }, numbers),
});

/** A sum of gradients whose norms are computed by chunks. */
export interface ReductionShape extends UpdateShape {
  /**
   * The number of units in a chunk. Norms are summed by chunks, so that they do not depend on which worker sums which
   * chunk.
   */
  readonly chunkUnits: number;
  /** The limit to which the sums are clipped, as by `clippedByValue`; none by default. */
  readonly clipValue?: number | undefined;
}

/** The number of chunks of the parameters; the last one may be smaller. */
export const chunkCount = ({ parameters, chunkUnits }: ReductionShape): number =>
  Math.ceil(parameters / UPDATE_UNIT / chunkUnits);

/**
 * For chunks first … last − 1: g = Σ gradients over the shards in order, stored in place of the gradients of the first
 * shard, and norms[chunk] = Σ g² over a chunk in a fixed order: in each lane of each vector of a unit over the units,
 * then over the vectors, then over the lanes. `shards` is at least 1.
 */
export function reduceGradients(shape: ReductionShape) {
  const { parameters, chunkUnits, clipValue } = shape;
  const operands = {
    gradients: shardGradients(shape),
    norms: scalars(chunkCount(shape)),
    first: 'index',
    last: 'index',
    shards: 'index',
  } as const;
  return kernel('reduceGradients', operands, (k, { gradients, norms, first, last, shards }) => {
    k.loop('chunk', first, last, (chunk) => {
      const start = chunk.times(chunkUnits);
      const end = minimum(start.plus(chunkUnits), parameters / UPDATE_UNIT);
      const squares = Array.from({ length: UNIT_VECTORS }, () => k.variable('squares', splat(0)));
      k.loop('unit', start, end, (unit) => {
        for (const [i, total] of sumShards(k, gradients, unit, shards).entries()) {
          const g = clipValue === undefined ? total : clip(k, total, clipValue);
          k.store(gradients(0, unit, i), g);
          squares[i]?.set(add(squares[i].value, multiply(g, g)));
        }
      });
      const both = squares.map(({ value }) => value).reduce(add);
      k.storeScalar(norms(chunk), sumLanes(both));
    });
  });
}

const clip = (k: KernelBuilder, g: Vector, limit: number): Vector => k.let('clipped', max(min(g, limit), -limit));

// Reduction of the shards' gradients fused with stochastic gradient descent: each number is read once and written once a step.
import { cells, kernel } from '../language/kernel-builder.ts';
import type { Kernel } from '../language/statement.ts';
import { add, type Buffer, LANES, load, multiply, splat, subtract } from '../language/value.ts';

/** Parameters are updated in units of this many floats: a cache line, so that no two workers write to the same one. */
export const SGD_UNIT = 2 * LANES;

export interface SgdShape {
  /** Floats of weights, a multiple of `SGD_UNIT`. */
  readonly parameters: number;
  /** Floats from one shard's gradients to the next one's. */
  readonly shardStride: number;
  readonly nesterov: boolean;
}

/**
 * g = Σ gradients over the shards in order + weightDecay · w, v′ = momentum · v + g, w′ = w − learningRate · v′;
 * with Nesterov's momentum w′ = w − learningRate · (g + momentum · v′).
 *
 * Arguments: w, v, gradients (shards, shardStride), w′, v′, the first unit to update, the one behind the last, the number of shards
 * (at least 1), learningRate, momentum, weightDecay.
 */
export function sgd({ parameters, shardStride, nesterov }: SgdShape): Kernel {
  const kinds = {
    weights: 'f32[]',
    velocity: 'f32[]',
    gradients: 'f32[]',
    nextWeights: 'f32[]',
    nextVelocity: 'f32[]',
    first: 'index',
    last: 'index',
    shards: 'index',
    learningRate: 'f32',
    momentum: 'f32',
    weightDecay: 'f32',
  } as const;
  return kernel('sgd', kinds, (k, { first, last, shards, ...given }) => {
    const learningRate = k.let('learningRate', splat(given.learningRate));
    const momentum = k.let('momentum', splat(given.momentum));
    const weightDecay = k.let('weightDecay', splat(given.weightDecay));
    const vectors = SGD_UNIT / LANES;
    const units = (buffer: Buffer) => cells(buffer, [parameters / SGD_UNIT, vectors]);
    const weights = units(given.weights);
    const velocity = units(given.velocity);
    const nextWeights = units(given.nextWeights);
    const nextVelocity = units(given.nextVelocity);
    const gradient = cells(given.gradients, [1, shardStride / LANES]);
    k.loop('unit', first, last, (unit) => {
      const at = (vector: number) => unit.times(vectors).plus(vector);
      const sums = Array.from({ length: vectors }, (_, i) => k.variable('sum', load(gradient(0, at(i)))));
      k.loop('shard', 1, shards, (shard) =>
        sums.forEach((sum, i) => {
          sum.set(add(sum.value, load(gradient(shard, at(i)))));
        }),
      );
      sums.forEach((sum, i) => {
        const w = k.let('w', load(weights(unit, i)));
        const g = k.let('g', add(sum.value, multiply(weightDecay, w)));
        const v = k.let('v', add(multiply(momentum, load(velocity(unit, i))), g));
        const direction = nesterov ? add(g, multiply(momentum, v)) : v;
        k.store(nextVelocity(unit, i), v);
        k.store(nextWeights(unit, i), subtract(w, multiply(learningRate, direction)));
      });
    });
  });
}

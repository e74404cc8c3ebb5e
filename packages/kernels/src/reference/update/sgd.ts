// Reference of the reduction over the shards and a step of stochastic gradient descent, in float64.
import { sumShards } from './shard-sums.ts';

/** The hyperparameters of `sgd`. */
export interface SgdSettings {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
}

/** The parameters and the slot of `sgd`. */
export interface SgdState {
  /** The parameters w. */
  readonly parameters: Float64Array;
  /** v, of the same length; zeros before the first step. */
  readonly velocity: Float64Array;
}

/**
 * A step of PyTorch's `torch.optim.SGD` (dampening 0): g = Σ shards in order + weightDecay · w,
 * v ← momentum · v + g, w ← w − learningRate · v; with Nesterov momentum w ← w − learningRate · (g + momentum · v).
 * The given state is not changed.
 *
 * @param shardGradients ∂E/∂w of each shard, with the length of the parameters
 */
export function sgd(
  { learningRate, momentum, weightDecay, nesterov }: SgdSettings,
  state: SgdState,
  shardGradients: readonly Float64Array[],
): SgdState {
  const sums = sumShards(shardGradients);
  const gradient = state.parameters.map((w, i) => sums[i]! + weightDecay * w);
  const velocity = state.velocity.map((v, i) => momentum * v + gradient[i]!);
  const direction = nesterov ? gradient.map((g, i) => g + momentum * velocity[i]!) : velocity;
  return { parameters: state.parameters.map((w, i) => w - learningRate * direction[i]!), velocity };
}

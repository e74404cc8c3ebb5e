// Reduction of the shards' gradients and one step of stochastic gradient descent, in float64.
import { sumShards } from './shard-sums.ts';

export interface SgdSettings {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
}

export interface SgdState {
  /** The parameters w. */
  readonly parameters: Float64Array;
  /** The momentum's memory v, of the same length; zeros before the first step. */
  readonly velocity: Float64Array;
}

/**
 * One step as PyTorch's `torch.optim.SGD` takes it (dampening 0): g = Σ shards in order + weightDecay · w,
 * v ← momentum · v + g, w ← w − learningRate · v; with Nesterov's momentum w ← w − learningRate · (g + momentum · v).
 * The state given is left as it is.
 *
 * @param shardGradients ∂E/∂w of each shard, each of the length of the parameters
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

// Reference of the reduction over the shards and a step of RMSProp, in float64.
import { sumShards } from './shard-sums.ts';

/** The hyperparameters of `rmsprop`. */
export interface RmspropSettings {
  readonly learningRate: number;
  readonly rho: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** The parameters and slots of `rmsprop`. */
export interface RmspropState {
  /** The parameters w. */
  readonly parameters: Float64Array;
  /** v, the moving average of the squares of the gradients; zeros before the first step. */
  readonly square: Float64Array;
  /** u; zeros before the first step. */
  readonly velocity: Float64Array;
}

/**
 * A step of PyTorch's `torch.optim.RMSprop` (not centered): g = Σ shards + weightDecay · w, v ← ρ·v + (1 − ρ)·g²,
 * u ← momentum · u + g / (√v + epsilon), w ← w − learningRate · u. The given state is not changed.
 */
export function rmsprop(
  { learningRate, rho, epsilon, momentum, weightDecay }: RmspropSettings,
  state: RmspropState,
  shardGradients: readonly Float64Array[],
): RmspropState {
  const sums = sumShards(shardGradients);
  const gradient = state.parameters.map((w, i) => sums[i]! + weightDecay * w);
  const square = state.square.map((v, i) => rho * v + (1 - rho) * gradient[i]! ** 2);
  const velocity = state.velocity.map((u, i) => momentum * u + gradient[i]! / (Math.sqrt(square[i]!) + epsilon));
  const parameters = state.parameters.map((w, i) => w - learningRate * velocity[i]!);
  return { parameters, square, velocity };
}

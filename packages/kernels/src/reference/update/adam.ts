// Reference of the reduction over the shards and a step of Adam or AdamW, in float64.
import { sumShards } from './shard-sums.ts';

/** The hyperparameters of `adam`. */
export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Whether the weight decay is decoupled (AdamW) and not part of the gradient. */
  readonly decoupled: boolean;
}

/** The parameters and slots of `adam`. */
export interface AdamState {
  /** The parameters w. */
  readonly parameters: Float64Array;
  /** m, the moving average of the gradients; zeros before the first step. */
  readonly mean: Float64Array;
  /** v, the moving average of their squares; zeros before the first step. */
  readonly square: Float64Array;
}

/**
 * Step t = 1, 2, … of PyTorch's `torch.optim.Adam` and `AdamW`: m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g²,
 * m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), w ← w − learningRate · m̂ / (√v̂ + epsilon), where g = Σ shards + weightDecay
 * · w. If weight decay is decoupled, g = Σ shards, and w ← (1 − learningRate · weightDecay) · w comes first. The given
 * state is not changed.
 */
export function adam(
  { learningRate, beta1, beta2, epsilon, weightDecay, decoupled }: AdamSettings,
  t: number,
  state: AdamState,
  shardGradients: readonly Float64Array[],
): AdamState {
  const sums = sumShards(shardGradients);
  const gradient = state.parameters.map((w, i) => sums[i]! + (decoupled ? 0 : weightDecay * w));
  const mean = state.mean.map((m, i) => beta1 * m + (1 - beta1) * gradient[i]!);
  const square = state.square.map((v, i) => beta2 * v + (1 - beta2) * gradient[i]! ** 2);
  const parameters = state.parameters.map((w, i) => {
    const unbiasedMean = mean[i]! / (1 - beta1 ** t);
    const unbiasedSquare = square[i]! / (1 - beta2 ** t);
    const start = decoupled ? (1 - learningRate * weightDecay) * w : w;
    return start - (learningRate * unbiasedMean) / (Math.sqrt(unbiasedSquare) + epsilon);
  });
  return { parameters, mean, square };
}

// Reduction of the shards' gradients and one step of stochastic gradient descent, in float64.

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
  { parameters, velocity }: SgdState,
  shardGradients: readonly Float64Array[],
): SgdState {
  const nextParameters = new Float64Array(parameters.length);
  const nextVelocity = new Float64Array(parameters.length);
  for (let i = 0; i < parameters.length; i++) {
    const gradient = shardGradients.reduce((sum, shard) => sum + shard[i]!, 0) + weightDecay * parameters[i]!;
    const v = momentum * velocity[i]! + gradient;
    nextVelocity[i] = v;
    nextParameters[i] = parameters[i]! - learningRate * (nesterov ? gradient + momentum * v : v);
  }
  return { parameters: nextParameters, velocity: nextVelocity };
}

// Adam.
import { adamRule } from '@convoy/kernels';
import { type CheckedOptions, float32In, optional } from '@convoy/tensor/checks';
import { power } from '@convoy/tensor/portable-math';
import { defineOptimizer, type Optimizer, type OptimizerOptions } from '../optimizer.ts';

/** The options of Adam and AdamW. The defaults are PyTorch's; the default of `learningRate` is 0.001. */
export interface AdamOptions extends OptimizerOptions {
  /** β₁, the decay of the average of gradients, from 0 to below 1; default 0.9. */
  readonly beta1?: number;
  /** β₂, the decay of the average of squared gradients, from 0 to below 1; default 0.999. */
  readonly beta2?: number;
  /** ε, at least 2^−126, the smallest normal float32; default 1e-8. */
  readonly epsilon?: number;
  /** λ, 0 or more. Adam: the factor of the L2 penalty ½ λ w², default 0. AdamW: the decoupled weight decay, default 0.01. */
  readonly weightDecay?: number;
}

export const adamChecks = {
  beta1: optional(float32In({ atLeast: 0, below: 1 }), 0.9),
  beta2: optional(float32In({ atLeast: 0, below: 1 }), 0.999),
  epsilon: optional(float32In({ atLeast: 2 ** -126 }), 1e-8),
  weightDecay: optional(float32In({ atLeast: 0 }), 0),
};

export type AdamSettings = CheckedOptions<typeof adamChecks>;

const describe = defineOptimizer<AdamOptions, AdamSettings>({
  type: 'adam',
  learningRate: 0.001,
  settings: (check) => check(adamChecks),
  rule: () => adamRule(false),
  numbers: (settings, learningRate, step) => adamNumbers(settings, learningRate, settings.weightDecay, step),
});

/**
 * With g = ∂E/∂w + λ·w at step t = 1, 2, …: m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²;
 * w ← w − η · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε). The same as PyTorch's `Adam`. Slots: `mean` (m) and `square` (v).
 * D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const adam = (options: AdamOptions = {}): Optimizer => describe(options);

export const adamNumbers = (
  { beta1, beta2, epsilon }: AdamSettings,
  learningRate: number,
  weightDecay: number,
  step: number,
) => ({
  meanRate: 1 - beta1,
  squareDecay: beta2,
  squareRate: 1 - beta2,
  stepSize: learningRate / (1 - power(beta1, step + 1)),
  squareScale: 1 / Math.sqrt(1 - power(beta2, step + 1)),
  epsilon,
  weightDecay,
});

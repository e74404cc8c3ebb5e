// Adam with decoupled weight decay.
import { adamRule } from '@convoy/kernels';
import { float32In, optional } from '@convoy/tensor/checks';
import { defineOptimizer, type Optimizer } from '../optimizer.ts';
import { type AdamOptions, type AdamSettings, adamChecks, adamNumbers } from './adam.ts';

const describe = defineOptimizer<AdamOptions, AdamSettings>({
  type: 'adamW',
  learningRate: 0.001,
  settings: (check) => check({ ...adamChecks, weightDecay: optional(float32In({ atLeast: 0 }), 0.01) }),
  rule: () => adamRule(true),
  numbers: (settings, learningRate, step) =>
    adamNumbers(settings, learningRate, learningRate * settings.weightDecay, step),
});

/**
 * w ← (1 − η·λ)·w, then a step of Adam with g = ∂E/∂w. The same as PyTorch's `AdamW`.
 * I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", 2019.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const adamW = (options: AdamOptions = {}): Optimizer => describe(options);

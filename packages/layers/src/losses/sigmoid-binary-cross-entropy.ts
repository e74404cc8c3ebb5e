// Sigmoid and binary cross-entropy in one: for labels that do not exclude each other.
import { sigmoidBinaryCrossEntropy as sigmoidBinaryCrossEntropyKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { float32In, optional } from '@convoy/tensor/checks';
import { defineLoss, type Loss } from '../loss.ts';
import { elementwise } from './elementwise.ts';

/** Options of `sigmoidBinaryCrossEntropy`. */
export interface SigmoidBinaryCrossEntropyOptions {
  /** ε, from 0 (default) to 1: a target t becomes (1 − ε) · t + ε / 2. */
  readonly labelSmoothing?: number;
  /** The weight of positive targets; negative ones have the weight 1. Above 0, default 1. */
  readonly positiveWeight?: number;
}

interface SigmoidBinaryCrossEntropySettings {
  readonly labelSmoothing: number;
  readonly positiveWeight: number;
}

const describe = defineLoss<SigmoidBinaryCrossEntropyOptions, SigmoidBinaryCrossEntropySettings>({
  type: 'sigmoidBinaryCrossEntropy',
  targets: () => 'probabilities',
  settings: (check) =>
    check({
      labelSmoothing: optional(float32In({ atLeast: 0, atMost: 1 }), 0),
      positiveWeight: optional(float32In({ above: 0 }), 1),
    }),
  ...elementwise(
    sigmoidBinaryCrossEntropyKernel,
    reference.sigmoidBinaryCrossEntropy,
    reference.sigmoidBinaryCrossEntropyGradient,
  ),
});

/**
 * E = the mean of −(w · t′ · log σ(x) + (1 − t′) · log σ(−x)) over the elements of a sample and over samples, with σ(x) = 1 / (1 + e^−x) and
 * t′ = (1 − ε) · t + ε / 2; w is `positiveWeight`, and ε is `labelSmoothing`. The model's output x are logits: it has no sigmoid layer at its end.
 * Targets t have the output's shape: 1 for yes, 0 for no, or any probability. The gradient is
 * ((1 − t′) · σ(x) − w · t′ · σ(−x)) / (samples · elements). The same as PyTorch's `BCEWithLogitsLoss`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const sigmoidBinaryCrossEntropy = (options: SigmoidBinaryCrossEntropyOptions = {}): Loss => describe(options);

// The logistic function and the cross-entropy of yes and no in one, for labels that do not exclude each other.
import { sigmoidBinaryCrossEntropy as sigmoidBinaryCrossEntropyKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { finiteNumber } from '@convoy/tensor';
import { defineLoss, type Loss } from '../loss.ts';
import { elementwise } from './elementwise.ts';

export interface SigmoidBinaryCrossEntropyOptions {
  /** From 0 (default) to 1: the part of each target that becomes ½. */
  readonly labelSmoothing?: number;
  /** What a yes counts where a no counts 1; above 0, default 1. */
  readonly positiveWeight?: number;
}

interface SigmoidBinaryCrossEntropySettings {
  readonly labelSmoothing: number;
  readonly positiveWeight: number;
}

const describe = defineLoss<SigmoidBinaryCrossEntropyOptions, SigmoidBinaryCrossEntropySettings>({
  type: 'sigmoidBinaryCrossEntropy',
  targets: () => 'probabilities',
  settings: ({ labelSmoothing = 0, positiveWeight = 1 }) => ({
    labelSmoothing: finiteNumber('labelSmoothing', labelSmoothing, { atLeast: 0, atMost: 1 }),
    positiveWeight: finiteNumber('positiveWeight', positiveWeight, { above: 0 }),
  }),
  ...elementwise(
    sigmoidBinaryCrossEntropyKernel,
    reference.sigmoidBinaryCrossEntropy,
    reference.sigmoidBinaryCrossEntropyGradient,
  ),
});

/**
 * E = the mean of −(w · t′ · log σ(x) + (1 − t′) · log σ(−x)) over a sample's numbers, averaged over samples, with σ(x) = 1 / (1 + e^−x),
 * t′ = (1 − ε) · t + ε / 2, w the positiveWeight and ε the labelSmoothing. The model's output x are logits: no sigmoid layer before it. Targets:
 * values of the output's shape, 1 for yes and 0 for no, or any probability. Gradient ((1 − t′) · σ(x) − w · t′ · σ(−x)) / (samples · numbers).
 * PyTorch's `BCEWithLogitsLoss`.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const sigmoidBinaryCrossEntropy = (options: SigmoidBinaryCrossEntropyOptions = {}): Loss => describe(options);

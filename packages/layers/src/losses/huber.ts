// Squared error where it is small, absolute where it is large.
import { huber as huberKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { finiteNumber } from '@convoy/tensor';
import { defineLoss, type Loss } from '../loss.ts';
import { elementwise } from './elementwise.ts';

export interface HuberOptions {
  /** The error beyond which the square becomes a line; above 0, default 1. */
  readonly delta?: number;
}

const describe = defineLoss<HuberOptions, { readonly delta: number }>({
  type: 'huber',
  targets: () => 'values',
  settings: ({ delta = 1 }) => ({ delta: finiteNumber('delta', delta, { above: 0 }) }),
  ...elementwise(huberKernel, reference.huber, reference.huberGradient),
});

/**
 * E = the mean of ½ d² where |d| ≤ delta, of delta · (|d| − delta / 2) elsewhere, over a sample's numbers, averaged over samples, with d = y − t
 * of outputs y and targets t of the same shape. Gradient d, limited to ±delta, / (samples · numbers). PyTorch's `HuberLoss`.
 * P. J. Huber, "Robust estimation of a location parameter", 1964.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const huber = (options: HuberOptions = {}): Loss => describe(options);

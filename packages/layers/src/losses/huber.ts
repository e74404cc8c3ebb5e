// Squared error for small errors, absolute error for large ones.
import { huber as huberKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { float32In, optional } from '@convoy/tensor/checks';
import { defineLoss, type Loss } from '../loss.ts';
import { elementwise } from './elementwise.ts';

/** Options of `huber`. */
export interface HuberOptions {
  /** The error up to which the loss is quadratic; above it, the loss is linear. Above 0, default 1. */
  readonly delta?: number;
}

const describe = defineLoss<HuberOptions, { readonly delta: number }>({
  type: 'huber',
  targets: () => 'values',
  settings: (check) => check({ delta: optional(float32In({ above: 0 }), 1) }),
  ...elementwise(huberKernel, reference.huber, reference.huberGradient),
});

/**
 * E = the mean, over the elements of a sample and over samples, of ½ d² where |d| ≤ delta, else of delta · (|d| − delta / 2), with d = y − t. Outputs y
 * and targets t have the same shape. The gradient is d, limited to ±delta, / (samples · elements). The same as PyTorch's `HuberLoss`.
 * P. J. Huber, "Robust estimation of a location parameter", 1964.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const huber = (options: HuberOptions = {}): Loss => describe(options);

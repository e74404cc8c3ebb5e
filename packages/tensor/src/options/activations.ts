// The options of activations and their checks, for ops and layers.
import { finiteNumber, oneOf } from '../errors/checks.ts';

/** Options of `leakyRelu`. */
export interface LeakyReluOptions {
  /** The slope where x is below 0. Default 0.01. */
  readonly negativeSlope?: number;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION unless the slope is finite */
export const leakyReluSettings = ({ negativeSlope = 0.01 }: LeakyReluOptions): Required<LeakyReluOptions> => ({
  negativeSlope: finiteNumber('negativeSlope', negativeSlope),
});

/** Options of `elu`. */
export interface EluOptions {
  /** The output approaches −alpha for small x. Must be above 0. Default 1. */
  readonly alpha?: number;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION unless alpha is finite and above 0 */
export const eluSettings = ({ alpha = 1 }: EluOptions): Required<EluOptions> => ({
  alpha: finiteNumber('alpha', alpha, { above: 0 }),
});

/** Options of `softplus`. */
export interface SoftplusOptions {
  /** The greater beta is, the closer the function is to ReLU. Must be above 0. Default 1. */
  readonly beta?: number;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION unless beta is finite and above 0 */
export const softplusSettings = ({ beta = 1 }: SoftplusOptions): Required<SoftplusOptions> => ({
  beta: finiteNumber('beta', beta, { above: 0 }),
});

/** Options of `gelu`. */
export interface GeluOptions {
  /** `'tanh'` selects an approximation by the hyperbolic tangent, with errors up to 5e-4. Default `'none'`. */
  readonly approximate?: 'none' | 'tanh';
}

/** @throws ConvoyError CONVOY_INVALID_OPTION */
export const geluSettings = ({ approximate = 'none' }: GeluOptions): Required<GeluOptions> => ({
  approximate: oneOf('approximate', approximate, ['none', 'tanh']),
});

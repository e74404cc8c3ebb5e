// The options of activations and their checks, for ops and layers.
import { finiteNumber, oneOf } from '../errors/checks.ts';

/** Kernels compute with float32 numbers: a factor must not become 0 or infinite. */
const LARGEST = 3.4028234663852886e38;
const SMALLEST_NORMAL = 2 ** -126;

const positiveFactor = (name: string, value: unknown): number =>
  finiteNumber(name, value, { atLeast: SMALLEST_NORMAL, atMost: LARGEST });

/** Options of `leakyRelu`. */
export interface LeakyReluOptions {
  /** The slope where x is below 0, a float32 number. Default 0.01. */
  readonly negativeSlope?: number;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION unless the slope is a float32 number */
export const leakyReluSettings = ({ negativeSlope = 0.01 }: LeakyReluOptions): Required<LeakyReluOptions> => ({
  negativeSlope: finiteNumber('negativeSlope', negativeSlope, { atLeast: -LARGEST, atMost: LARGEST }),
});

/** Options of `elu`. */
export interface EluOptions {
  /** The output approaches −alpha for small x. Must be above 0, a normal float32 number. Default 1. */
  readonly alpha?: number;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION unless alpha is a normal float32 number above 0 */
export const eluSettings = ({ alpha = 1 }: EluOptions): Required<EluOptions> => ({
  alpha: positiveFactor('alpha', alpha),
});

/** Options of `softplus`. */
export interface SoftplusOptions {
  /** The greater beta is, the closer the function is to ReLU. Must be above 0, a normal float32 number. Default 1. */
  readonly beta?: number;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION unless beta is a normal float32 number above 0 */
export const softplusSettings = ({ beta = 1 }: SoftplusOptions): Required<SoftplusOptions> => ({
  beta: positiveFactor('beta', beta),
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

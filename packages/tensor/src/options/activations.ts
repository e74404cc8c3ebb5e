// The options of activations and their checks, for ops and layers.
import { choiceOf, numberIn, optional } from '../checks/check-options.ts';

/** Kernels compute with float32 numbers: a factor must not become 0 or infinite. */
const LARGEST = 3.4028234663852886e38;
const SMALLEST_NORMAL = 2 ** -126;

const positiveFactor = numberIn({ atLeast: SMALLEST_NORMAL, atMost: LARGEST });

/** Options of `leakyRelu`. */
export interface LeakyReluOptions {
  /** The slope where x is below 0, a float32 number. Default 0.01. */
  readonly negativeSlope?: number;
}

export const leakyReluChecks = { negativeSlope: optional(numberIn({ atLeast: -LARGEST, atMost: LARGEST }), 0.01) };

/** Options of `elu`. */
export interface EluOptions {
  /** The output approaches −alpha for small x. Must be above 0, a normal float32 number. Default 1. */
  readonly alpha?: number;
}

export const eluChecks = { alpha: optional(positiveFactor, 1) };

/** Options of `softplus`. */
export interface SoftplusOptions {
  /** The greater beta is, the closer the function is to ReLU. Must be above 0, a normal float32 number. Default 1. */
  readonly beta?: number;
}

export const softplusChecks = { beta: optional(positiveFactor, 1) };

/** Options of `gelu`. */
export interface GeluOptions {
  /** `'tanh'` selects an approximation by the hyperbolic tangent, with errors up to 5e-4. Default `'none'`. */
  readonly approximate?: 'none' | 'tanh';
}

export const geluChecks = { approximate: optional(choiceOf('none', 'tanh'), 'none') };

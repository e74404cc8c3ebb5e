// The options of activations and their checks, for ops and layers.
import { choiceOf, numberIn, optional } from '../checks/check-options.ts';

/** Options of `leakyRelu`. */
export interface LeakyReluOptions {
  /** The slope where x is below 0. Default 0.01. */
  readonly negativeSlope?: number;
}

export const leakyReluChecks = { negativeSlope: optional(numberIn({}), 0.01) };

/** Options of `elu`. */
export interface EluOptions {
  /** The output approaches −alpha for small x. Must be above 0. Default 1. */
  readonly alpha?: number;
}

export const eluChecks = { alpha: optional(numberIn({ above: 0 }), 1) };

/** Options of `softplus`. */
export interface SoftplusOptions {
  /** The greater beta is, the closer the function is to ReLU. Must be above 0. Default 1. */
  readonly beta?: number;
}

export const softplusChecks = { beta: optional(numberIn({ above: 0 }), 1) };

/** Options of `gelu`. */
export interface GeluOptions {
  /** `'tanh'` selects an approximation by the hyperbolic tangent, with errors up to 5e-4. Default `'none'`. */
  readonly approximate?: 'none' | 'tanh';
}

export const geluChecks = { approximate: optional(choiceOf('none', 'tanh'), 'none') };

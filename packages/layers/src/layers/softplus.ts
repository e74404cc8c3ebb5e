// Softplus, a smooth ReLU.
import { softplus as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import type { SoftplusOptions as Options } from '@convoy/tensor';
import type { OptionChecker } from '@convoy/tensor/checks';
import { softplusChecks } from '@convoy/tensor/options';
import type { LayerOptions } from '../layer.ts';
import { defineActivation } from './activation-layer.ts';

/** Options of `softplus`. */
export type SoftplusOptions = LayerOptions & Options;

/**
 * y = log (1 + e^βx) / β for each element, without overflow for large x. Input of any shape, output of the same shape.
 * C. Dugas and others, "Incorporating second-order functional knowledge for better option pricing", 2000.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const softplus = defineActivation({
  type: 'softplus',
  settings: (check: OptionChecker<Options>) => check(softplusChecks),
  activation: ({ beta }) => activation(beta),
  reference: ({ beta }) => ({
    forward: (x) => reference.softplus(x, beta),
    backward: (y, outputGradient) => reference.softplusGradient(y, outputGradient, beta),
  }),
});

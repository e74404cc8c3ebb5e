// ReLU with a fixed slope for negative inputs.
import { leakyRelu as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import type { LeakyReluOptions as Options } from '@convoy/tensor';
import type { OptionChecker } from '@convoy/tensor/checks';
import { leakyReluChecks } from '@convoy/tensor/options';
import type { LayerOptions } from '../layer.ts';
import { defineInputActivation } from './activation-layer.ts';

/** Options of `leakyRelu`. */
export type LeakyReluOptions = LayerOptions & Options;

/**
 * y = x where x > 0, else negativeSlope · x, for each element. Input of any shape, output of the same shape. The derivative at 0 is the slope.
 * A. Maas, A. Hannun, A. Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const leakyRelu = defineInputActivation({
  type: 'leakyRelu',
  settings: (check: OptionChecker<Options>) => check(leakyReluChecks),
  activation: ({ negativeSlope }) => activation(negativeSlope),
  // With a negative slope, outputs are positive on both sides of 0: the derivative is no function of the output.
  fused: ({ negativeSlope }) => (negativeSlope < 0 ? undefined : activation(negativeSlope)),
  reference: ({ negativeSlope }) => ({
    forward: (x) => reference.leakyRelu(x, negativeSlope),
    backward: (x, outputGradient) => reference.leakyReluGradient(x, outputGradient, negativeSlope),
  }),
});

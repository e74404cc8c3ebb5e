// ReLU that lets a fixed part of negative numbers through.
import { leakyRelu as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import type { LeakyReluOptions as Options } from '@convoy/tensor';
import { leakyReluSettings } from '@convoy/tensor/options';
import type { LayerOptions } from '../layer.ts';
import { defineInputActivation } from './activation-layer.ts';

export type LeakyReluOptions = LayerOptions & Options;

/**
 * y = x where x > 0, else negativeSlope · x, for each number of an input of any shape; the derivative at 0 is taken as the slope.
 * A. Maas, A. Hannun, A. Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const leakyRelu = defineInputActivation({
  type: 'leakyRelu',
  settings: (options: LeakyReluOptions) => leakyReluSettings(options),
  activation: ({ negativeSlope }) => activation(negativeSlope),
  // With a slope below 0 both sides of 0 give positive outputs.
  fused: ({ negativeSlope }) => (negativeSlope < 0 ? undefined : activation(negativeSlope)),
  reference: ({ negativeSlope }) => ({
    forward: (x) => reference.leakyRelu(x, negativeSlope),
    backward: (x, outputGradient) => reference.leakyReluGradient(x, outputGradient, negativeSlope),
  }),
});

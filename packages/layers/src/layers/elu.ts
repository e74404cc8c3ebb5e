// Exponential linear unit.
import { elu as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import type { EluOptions as Options } from '@convoy/tensor';
import type { OptionChecker } from '@convoy/tensor/checks';
import { eluChecks } from '@convoy/tensor/options';
import type { LayerOptions } from '../layer.ts';
import { defineActivation } from './activation-layer.ts';

/** Options of `elu`. */
export type EluOptions = LayerOptions & Options;

/**
 * y = x where x > 0, else α · (eˣ − 1), for each element. Input of any shape, output of the same shape.
 * D.-A. Clevert, T. Unterthiner, S. Hochreiter, "Fast and accurate deep network learning by exponential linear units", 2015.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const elu = defineActivation({
  type: 'elu',
  settings: (check: OptionChecker<Options>) => check(eluChecks),
  activation: ({ alpha }) => activation(alpha),
  reference: ({ alpha }) => ({
    forward: (x) => reference.elu(x, alpha),
    backward: (y, outputGradient) => reference.eluGradient(y, outputGradient, alpha),
  }),
});

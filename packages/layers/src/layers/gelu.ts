// Gaussian error linear unit.
import { gelu as exact, geluTanh } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import type { GeluOptions as Options } from '@convoy/tensor';
import type { OptionChecker } from '@convoy/tensor/checks';
import { geluChecks } from '@convoy/tensor/options';
import type { LayerOptions } from '../layer.ts';
import { defineInputActivation } from './activation-layer.ts';

/** Options of `gelu`. */
export type GeluOptions = LayerOptions & Options;

/**
 * y = x · Φ(x) with the normal distribution Φ(x) = ½ (1 + erf (x / √2)); or, with `approximate: 'tanh'`,
 * y = ½ x · (1 + tanh (√(2/π) · (x + 0.044715 x³))), for each element. Input of any shape, output of the same shape.
 * D. Hendrycks, K. Gimpel, "Gaussian error linear units", 2016.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const gelu = defineInputActivation({
  type: 'gelu',
  settings: (check: OptionChecker<Options>) => check(geluChecks),
  activation: ({ approximate }) => (approximate === 'tanh' ? geluTanh : exact),
  reference: ({ approximate }) =>
    approximate === 'tanh'
      ? { forward: reference.geluTanh, backward: reference.geluTanhGradient }
      : { forward: reference.gelu, backward: reference.geluGradient },
});

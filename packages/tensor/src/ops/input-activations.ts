// More elementwise activations and their gradients for tensors of any shape. The derivatives of these activations are
// functions of the input x, so the gradients take x.
import {
  gelu as geluActivation,
  geluTanh,
  hardSwish as hardSwishActivation,
  leakyRelu as leakyReluActivation,
  silu as siluActivation,
} from '@convoy/kernels';
import { checkOptions } from '../checks/check-options.ts';
import { type GeluOptions, geluChecks, type LeakyReluOptions, leakyReluChecks } from '../options/activations.ts';
import type { Tensor } from '../tensor.ts';
import { apply, applyInputGradient } from './elementwise.ts';

/** y = x / (1 + e⁻ˣ). */
export const silu = (x: Tensor): Tensor => apply(siluActivation, x);

/**
 * ∂E/∂x = ∂E/∂y · σ(x) · (1 + x · σ(−x)) with σ(x) = 1 / (1 + e⁻ˣ).
 * @param x the input of `silu`
 * @param outputGradient ∂E/∂y, with the shape of x
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export const siluGradient = (x: Tensor, outputGradient: Tensor): Tensor =>
  applyInputGradient(siluActivation, x, outputGradient);

/** y = x · min(max(x + 3, 0), 6) / 6. */
export const hardSwish = (x: Tensor): Tensor => apply(hardSwishActivation, x);

/**
 * ∂E/∂x = ∂E/∂y · (x/3 + ½) for −3 < x < 3, 0 for x ≤ −3, and ∂E/∂y for x ≥ 3.
 * @param x the input of `hardSwish`
 * @param outputGradient ∂E/∂y, with the shape of x
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export const hardSwishGradient = (x: Tensor, outputGradient: Tensor): Tensor =>
  applyInputGradient(hardSwishActivation, x, outputGradient);

/**
 * y = x where x > 0, else negativeSlope · x.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const leakyRelu = (x: Tensor, options?: LeakyReluOptions): Tensor =>
  apply(leakyReluActivation(checkOptions('leakyRelu', options, leakyReluChecks).negativeSlope), x);

/**
 * ∂E/∂x = ∂E/∂y where x > 0, else negativeSlope · ∂E/∂y.
 * @param x the input of `leakyRelu`
 * @param outputGradient ∂E/∂y, with the shape of x
 * @param options the options of `leakyRelu`
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_OPTION
 */
export const leakyReluGradient = (x: Tensor, outputGradient: Tensor, options?: LeakyReluOptions): Tensor =>
  applyInputGradient(
    leakyReluActivation(checkOptions('leakyRelu', options, leakyReluChecks).negativeSlope),
    x,
    outputGradient,
  );

/**
 * y = x · Φ(x) with Φ(x) = ½ (1 + erf (x / √2)). With `approximate: 'tanh'`,
 * y = ½ x · (1 + tanh (√(2/π) · (x + 0.044715 x³))) (D. Hendrycks, K. Gimpel, "Gaussian Error Linear Units (GELUs)",
 * 2016).
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const gelu = (x: Tensor, options?: GeluOptions): Tensor => apply(geluOf(options), x);

/**
 * ∂E/∂x = ∂E/∂y · (Φ(x) + x · φ(x)) with φ(x) = e^(−x²/2) / √2π, or the derivative of the approximation.
 * @param x the input of `gelu`
 * @param outputGradient ∂E/∂y, with the shape of x
 * @param options the options of `gelu`
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_OPTION
 */
export const geluGradient = (x: Tensor, outputGradient: Tensor, options?: GeluOptions): Tensor =>
  applyInputGradient(geluOf(options), x, outputGradient);

const geluOf = (options: GeluOptions | undefined) =>
  checkOptions('gelu', options, geluChecks).approximate === 'tanh' ? geluTanh : geluActivation;

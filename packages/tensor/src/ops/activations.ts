// Elementwise activations and their gradients for tensors of any shape. The derivatives of these activations are
// functions of the output y, so the gradients take y instead of the input.
import {
  elu as eluActivation,
  hardSigmoid as hardSigmoidActivation,
  relu6 as relu6Activation,
  relu as reluActivation,
  selu as seluActivation,
  sigmoid as sigmoidActivation,
  softplus as softplusActivation,
  tanh as tanhActivation,
} from '@convoy/kernels';
import { checkOptions } from '../checks/check-options.ts';
import { type EluOptions, eluChecks, type SoftplusOptions, softplusChecks } from '../options/activations.ts';
import type { Tensor } from '../tensor.ts';
import { apply, applyGradient } from './elementwise.ts';

/** y = max(x, 0). NaN stays NaN. */
export const relu = (x: Tensor): Tensor => apply(reluActivation, x);

/**
 * ∂E/∂x = ∂E/∂y where y > 0, else 0. The derivative at x = 0 is 0.
 * @param y the result of `relu`
 * @param outputGradient ∂E/∂y, with the shape of y
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export const reluGradient = (y: Tensor, outputGradient: Tensor): Tensor =>
  applyGradient(reluActivation, y, outputGradient);

/** The logistic function: y = 1 / (1 + e⁻ˣ). */
export const sigmoid = (x: Tensor): Tensor => apply(sigmoidActivation, x);

/**
 * ∂E/∂x = ∂E/∂y · y · (1 − y).
 * @param y the result of `sigmoid`
 * @param outputGradient ∂E/∂y, with the shape of y
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export const sigmoidGradient = (y: Tensor, outputGradient: Tensor): Tensor =>
  applyGradient(sigmoidActivation, y, outputGradient);

/** y = tanh x. */
export const tanh = (x: Tensor): Tensor => apply(tanhActivation, x);

/**
 * ∂E/∂x = ∂E/∂y · (1 − y²).
 * @param y the result of `tanh`
 * @param outputGradient ∂E/∂y, with the shape of y
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export const tanhGradient = (y: Tensor, outputGradient: Tensor): Tensor =>
  applyGradient(tanhActivation, y, outputGradient);

/** y = min(max(x, 0), 6). NaN stays NaN. */
export const relu6 = (x: Tensor): Tensor => apply(relu6Activation, x);

/**
 * ∂E/∂x = ∂E/∂y where 0 < y < 6, else 0.
 * @param y the result of `relu6`
 * @param outputGradient ∂E/∂y, with the shape of y
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export const relu6Gradient = (y: Tensor, outputGradient: Tensor): Tensor =>
  applyGradient(relu6Activation, y, outputGradient);

/** y = λ · x where x > 0, else λα · (eˣ − 1), with λ = 1.0507009873554805 and α = 1.6732632423543772. */
export const selu = (x: Tensor): Tensor => apply(seluActivation, x);

/**
 * ∂E/∂x = λ · ∂E/∂y where y > 0, else ∂E/∂y · (y + λα).
 * @param y the result of `selu`
 * @param outputGradient ∂E/∂y, with the shape of y
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export const seluGradient = (y: Tensor, outputGradient: Tensor): Tensor =>
  applyGradient(seluActivation, y, outputGradient);

/** y = min(max(x + 3, 0), 6) / 6. */
export const hardSigmoid = (x: Tensor): Tensor => apply(hardSigmoidActivation, x);

/**
 * ∂E/∂x = ∂E/∂y / 6 where 0 < y < 1, else 0.
 * @param y the result of `hardSigmoid`
 * @param outputGradient ∂E/∂y, with the shape of y
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export const hardSigmoidGradient = (y: Tensor, outputGradient: Tensor): Tensor =>
  applyGradient(hardSigmoidActivation, y, outputGradient);

/**
 * y = x where x > 0, else α · (eˣ − 1).
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const elu = (x: Tensor, options?: EluOptions): Tensor =>
  apply(eluActivation(checkOptions('elu', options, eluChecks).alpha), x);

/**
 * ∂E/∂x = ∂E/∂y where y > 0, else ∂E/∂y · (y + α).
 * @param y the result of `elu`
 * @param outputGradient ∂E/∂y, with the shape of y
 * @param options the options of `elu`
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_OPTION
 */
export const eluGradient = (y: Tensor, outputGradient: Tensor, options?: EluOptions): Tensor =>
  applyGradient(eluActivation(checkOptions('elu', options, eluChecks).alpha), y, outputGradient);

/**
 * y = log (1 + e^βx) / β, computed without overflow.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const softplus = (x: Tensor, options?: SoftplusOptions): Tensor =>
  apply(softplusActivation(checkOptions('softplus', options, softplusChecks).beta), x);

/**
 * ∂E/∂x = ∂E/∂y · (1 − e^−βy).
 * @param y the result of `softplus`
 * @param outputGradient ∂E/∂y, with the shape of y
 * @param options the options of `softplus`
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_OPTION
 */
export const softplusGradient = (y: Tensor, outputGradient: Tensor, options?: SoftplusOptions): Tensor =>
  applyGradient(softplusActivation(checkOptions('softplus', options, softplusChecks).beta), y, outputGradient);

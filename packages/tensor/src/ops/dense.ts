// The dense (fully connected) layer and its gradients, which are matrix products.
import { Tensor } from '../tensor.ts';
import { biasGradient } from './bias-gradient.ts';
import { product, productOfTransposed, productWithTransposed } from './matrix-products.ts';
import { expectShape, extentsOf } from './operands.ts';

/**
 * y = x·kernelᵀ + bias: y[n, o] = bias[o] + Σ kernel[o, i] · x[n, i] over i.
 *
 * @param x [N, features]
 * @param kernel [units, features]
 * @param bias [units]; default zeros
 * @returns [N, units]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function dense(x: Tensor, kernel: Tensor, bias?: Tensor): Tensor {
  const [batch, features] = extentsOf('x', x, ['N', 'features']);
  const [units] = extentsOf('kernel', kernel, ['units', 'features']);
  expectShape('kernel', kernel, [units, features], 'as many features as x has');
  if (bias !== undefined) expectShape('bias', bias, [units], 'one number per unit');
  const y = productWithTransposed(batch, features, units, x.data, kernel.data, bias?.data);
  return new Tensor(y, [batch, units]);
}

/**
 * ∂E/∂x = ∂E/∂y·kernel: ∂E/∂x[n, i] = Σ kernel[o, i] · ∂E/∂y[n, o] over o.
 *
 * @param kernel [units, features]
 * @param outputGradient ∂E/∂y, [N, units]
 * @returns [N, features]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function denseInputGradient(kernel: Tensor, outputGradient: Tensor): Tensor {
  const [units, features] = extentsOf('kernel', kernel, ['units', 'features']);
  const [batch] = extentsOf('outputGradient', outputGradient, ['N', 'units']);
  expectShape('outputGradient', outputGradient, [batch, units], 'as many units as the kernel has');
  return new Tensor(product(batch, units, features, outputGradient.data, kernel.data), [batch, features]);
}

/**
 * ∂E/∂kernel = (∂E/∂y)ᵀ·x: ∂E/∂kernel[o, i] = Σ ∂E/∂y[n, o] · x[n, i] over n.
 *
 * @param x [N, features]
 * @param outputGradient ∂E/∂y, [N, units]
 * @returns [units, features]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function denseWeightGradient(x: Tensor, outputGradient: Tensor): Tensor {
  const [batch, features] = extentsOf('x', x, ['N', 'features']);
  const [, units] = extentsOf('outputGradient', outputGradient, ['N', 'units']);
  expectShape('outputGradient', outputGradient, [batch, units], 'as many samples as x has');
  return new Tensor(productOfTransposed(batch, units, features, outputGradient.data, x.data), [units, features]);
}

/**
 * ∂E/∂bias[o] = Σ ∂E/∂y[n, o] over n.
 *
 * @param outputGradient ∂E/∂y, [N, units]
 * @returns [units]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function denseBiasGradient(outputGradient: Tensor): Tensor {
  const [batch, units] = extentsOf('outputGradient', outputGradient, ['N', 'units']);
  return biasGradient(batch, units, 1, outputGradient.data);
}

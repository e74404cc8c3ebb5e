// Matrix multiplication and its gradients.
import { Tensor } from '../tensor.ts';
import { product, productOfTransposed, productWithTransposed } from './matrix-products.ts';
import { expectShape, extentsOf } from './operands.ts';

/**
 * y = left·right: y[i, j] = Σ left[i, p] · right[p, j] over p, summed in this order.
 *
 * ```ts
 * matmul(tensor([[1, 2]]), tensor([[3], [4]])).toArray(); // [[11]]
 * ```
 * @param left [m, k]
 * @param right [k, n]
 * @returns [m, n]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function matmul(left: Tensor, right: Tensor): Tensor {
  const [m, k] = extentsOf('left', left, ['m', 'k']);
  const [, n] = extentsOf('right', right, ['k', 'n']);
  expectShape('right', right, [k, n], 'as many rows as left has columns');
  return new Tensor(product(m, k, n, left.data, right.data), [m, n]);
}

/**
 * ∂E/∂left = ∂E/∂y·rightᵀ.
 *
 * @param right [k, n]
 * @param outputGradient ∂E/∂y, [m, n]
 * @returns [m, k]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function matmulLeftGradient(right: Tensor, outputGradient: Tensor): Tensor {
  const [k, n] = extentsOf('right', right, ['k', 'n']);
  const [m] = extentsOf('outputGradient', outputGradient, ['m', 'n']);
  expectShape('outputGradient', outputGradient, [m, n], 'as many columns as right has');
  return new Tensor(productWithTransposed(m, n, k, outputGradient.data, right.data), [m, k]);
}

/**
 * ∂E/∂right = leftᵀ·∂E/∂y.
 *
 * @param left [m, k]
 * @param outputGradient ∂E/∂y, [m, n]
 * @returns [k, n]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function matmulRightGradient(left: Tensor, outputGradient: Tensor): Tensor {
  const [m, k] = extentsOf('left', left, ['m', 'k']);
  const [, n] = extentsOf('outputGradient', outputGradient, ['m', 'n']);
  expectShape('outputGradient', outputGradient, [m, n], 'as many rows as left has');
  return new Tensor(productOfTransposed(m, k, n, left.data, outputGradient.data), [k, n]);
}

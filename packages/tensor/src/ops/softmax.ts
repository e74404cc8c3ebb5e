// Softmax over channels. Softmax with cross-entropy as one loss is in `softmax-cross-entropy.ts`.
import { softmaxInputGradient, softmax as softmaxKernel } from '@convoy/kernels';
import { Tensor } from '../tensor.ts';
import { call } from './call.ts';
import { engine } from './engine.ts';
import { expectShape } from './operands.ts';
import { planesOf } from './planes.ts';
import { samples } from './routine.ts';

/**
 * y[n, c, …] = e^x[n, c, …] / Σ e^x[n, k, …] over k. No exponential overflows.
 *
 * @param x [N, classes], or [N, channels, …], where each position of the planes has its own softmax
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function softmax(x: Tensor): Tensor {
  const { batch, planes } = planesOf('x', x);
  const size = samples(planes.channels * planes.area);
  const { y } = engine.run(['softmax', planes], batch, { x: x.data }, () => ({
    inputs: { x: size },
    outputs: { y: size },
    calls: [call(softmaxKernel(planes), { x: 'x', y: 'y' })],
  }));
  return new Tensor(y, x.shape);
}

/**
 * ∂E/∂x[n, c, …] = y[n, c, …] · (∂E/∂y[n, c, …] − Σ ∂E/∂y[n, k, …] · y[n, k, …] over k).
 *
 * @param y the result of `softmax`
 * @param outputGradient ∂E/∂y, with the shape of y
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function softmaxGradient(y: Tensor, outputGradient: Tensor): Tensor {
  const { batch, planes } = planesOf('y', y);
  expectShape('outputGradient', outputGradient, y.shape, 'the shape of y');
  const size = samples(planes.channels * planes.area);
  const data = { y: y.data, dy: outputGradient.data };
  const { dx } = engine.run(['softmaxGradient', planes], batch, data, () => ({
    inputs: { y: size, dy: size },
    outputs: { dx: size },
    calls: [call(softmaxInputGradient(planes), { y: 'y', dy: 'dy', dx: 'dx' })],
  }));
  return new Tensor(dx, y.shape);
}

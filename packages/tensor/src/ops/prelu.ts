// Parametric ReLU (K. He, X. Zhang, S. Ren, J. Sun, "Delving Deep into Rectifiers", 2015) with the gradients of its
// input and of its slopes.
import {
  type PlanesShape,
  preluInputGradient as preluInputGradientKernel,
  prelu as preluKernel,
  preluSlopeGradient as preluSlopeGradientKernel,
} from '@convoy/kernels';
import { describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';
import { sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { call } from './call.ts';
import { engine } from './engine.ts';
import { expectShape, shapeOf } from './operands.ts';
import { planesOf } from './planes.ts';
import { samples, shared } from './routine.ts';

/**
 * y[n, c, …] = x[n, c, …] where x > 0, else slope[c] · x[n, c, …].
 *
 * @param x [N, channels, …]
 * @param slope [channels], or [1] for all channels
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function prelu(x: Tensor, slope: Tensor): Tensor {
  const { batch, planes } = problemOf(x, sizeOf(shapeOf('slope', slope)));
  expectShape('slope', slope, [planes.channels], 'one number per channel');
  const size = samples(planes.channels * planes.area);
  const { y } = engine.run(['prelu', planes], batch, { x: x.data, slope: slope.data }, () => ({
    inputs: { x: size, slope: shared(planes.channels) },
    outputs: { y: size },
    calls: [call(preluKernel(planes), { x: 'x', slope: 'slope', y: 'y' })],
  }));
  return new Tensor(y, x.shape);
}

/**
 * ∂E/∂x[n, c, …] = ∂E/∂y[n, c, …] where x > 0, else slope[c] · ∂E/∂y[n, c, …].
 *
 * @param x [N, channels, …]
 * @param slope [channels], or [1] for all channels
 * @param outputGradient ∂E/∂y, with the shape of x
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function preluInputGradient(x: Tensor, slope: Tensor, outputGradient: Tensor): Tensor {
  const { batch, planes } = problemOf(x, sizeOf(shapeOf('slope', slope)));
  expectShape('slope', slope, [planes.channels], 'one number per channel');
  expectShape('outputGradient', outputGradient, x.shape, 'the shape of x');
  const size = samples(planes.channels * planes.area);
  const data = { x: x.data, slope: slope.data, dy: outputGradient.data };
  const { dx } = engine.run(['preluInputGradient', planes], batch, data, () => ({
    inputs: { x: size, slope: shared(planes.channels), dy: size },
    outputs: { dx: size },
    calls: [call(preluInputGradientKernel(planes), { x: 'x', slope: 'slope', dy: 'dy', dx: 'dx' })],
  }));
  return new Tensor(dx, x.shape);
}

/**
 * ∂E/∂slope[c] = Σ ∂E/∂y[n, c, …] · x[n, c, …] over all x ≤ 0 of the channel.
 *
 * @param x [N, channels, …]
 * @param outputGradient ∂E/∂y, with the shape of x
 * @param slopes the number of slopes: one per channel (default), or 1 for all channels
 * @returns [slopes]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function preluSlopeGradient(x: Tensor, outputGradient: Tensor, slopes?: number): Tensor {
  const { batch, planes } = problemOf(x, slopes);
  expectShape('outputGradient', outputGradient, x.shape, 'the shape of x');
  if (slopes !== undefined && slopes !== planes.channels) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `slopes: ${describeValue(slopes)}`,
      expected: `${planes.channels}, one per channel, or 1 for all channels`,
      fix: 'Leave slopes out, or pass the number of slopes that prelu had.',
    });
  }
  const size = samples(planes.channels * planes.area);
  const data = { x: x.data, dy: outputGradient.data };
  const { dSlope } = engine.run(['preluSlopeGradient', planes], batch, data, () => ({
    inputs: { x: size, dy: size },
    outputs: { dSlope: shared(planes.channels) },
    calls: [call(preluSlopeGradientKernel(planes, true), { x: 'x', dy: 'dy', dslope: 'dSlope' })],
  }));
  return new Tensor(dSlope, [planes.channels]);
}

/** A single slope for all channels is computed as the slope of one channel that contains everything. */
function problemOf(x: Tensor, slopes?: number): { readonly batch: number; readonly planes: PlanesShape } {
  const { batch, planes } = planesOf('x', x);
  return { batch, planes: slopes === 1 ? { channels: 1, area: planes.channels * planes.area } : planes };
}

// 2-d maximum and average pooling with their gradients. A gradient that needs only the shape of the input takes the
// shape instead of the input.
import {
  type AvgPool2dShape,
  avgPool2dInputGradient as avgPool2dInputGradientKernel,
  avgPool2d as avgPool2dKernel,
  maxPool2dInputGradient as maxPool2dInputGradientKernel,
  maxPool2d as maxPool2dKernel,
  maxPool2dWithIndices,
  outputHeight,
  outputWidth,
  type Pool2dShape,
} from '@convoy/kernels';
import { checkOptions } from '../checks/check-options.ts';
import {
  type AveragePoolingOptions,
  averagePoolingChecks,
  averagePoolingSettings,
  averagePoolingShape,
  type MaximumPoolingOptions,
  maximumPoolingChecks,
  maximumPoolingSettings,
  poolingShape,
} from '../options/pooling.ts';
import type { Shape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { call } from './call.ts';
import { engine } from './engine.ts';
import { expectShape, extentsOfShape, shapeOf } from './operands.ts';
import { samples } from './routine.ts';

/**
 * The largest number in each window of each channel: y[n, c, i, j] = max x[n, c, row, column] over p, q with
 * row = i·strideY − top + p·dilationY and column = j·strideX − left + q·dilationX. Padding is ignored. A window with
 * NaN gives NaN, and a window that contains only padding gives −∞.
 *
 * ```ts
 * maxPool2d(zeros([8, 3, 32, 32]), { size: 2 }).shape; // [8, 3, 16, 16]
 * ```
 *
 * @param x [N, channels, height, width]
 * @returns [N, channels, ⌊(height + top + bottom − dilationY·(sizeY − 1) − 1) / strideY⌋ + 1, likewise for the width],
 * one more where `ceilMode` adds a window
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_OPTION
 */
export function maxPool2d(x: Tensor, options: MaximumPoolingOptions): Tensor {
  const { batch, shape, output } = maximumProblemOf(shapeOf('x', x), options);
  const { y } = engine.run(['maxPool2d', shape], batch, { x: x.data }, () => ({
    inputs: { x: samples(inputSize(shape)) },
    outputs: { y: samples(outputSize(shape)) },
    calls: [call(maxPool2dKernel(shape), { x: 'x', y: 'y' })],
  }));
  return new Tensor(y, output);
}

/**
 * ∂E/∂x: each window adds its ∂E/∂y to the gradient of its maximum. If several elements are the maximum, it is the
 * first in row-major order. If several are NaN, it is the last NaN.
 *
 * @param x [N, channels, height, width]
 * @param outputGradient ∂E/∂y, with the shape that `maxPool2d` returns
 * @param options the options of `maxPool2d`
 * @returns [N, channels, height, width]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_OPTION
 */
export function maxPool2dInputGradient(x: Tensor, outputGradient: Tensor, options: MaximumPoolingOptions): Tensor {
  const { batch, shape, output } = maximumProblemOf(shapeOf('x', x), options);
  expectShape('outputGradient', outputGradient, output, 'the shape of the output');
  const data = { x: x.data, dy: outputGradient.data };
  const { dx } = engine.run(['maxPool2dInputGradient', shape], batch, data, () => ({
    inputs: { x: samples(inputSize(shape)), dy: samples(outputSize(shape)) },
    outputs: { dx: samples(inputSize(shape)) },
    scratch: { indices: samples(outputSize(shape)), y: samples(outputSize(shape)) },
    calls: [
      call(maxPool2dWithIndices(shape), { x: 'x', indices: 'indices', y: 'y' }),
      call(maxPool2dInputGradientKernel(shape), { indices: 'indices', dy: 'dy', dx: 'dx' }),
    ],
  }));
  return new Tensor(dx, x.shape);
}

/**
 * The mean of each window of each channel: y[n, c, i, j] = Σ x[n, c, row, column] / divisor over p, q with
 * row = i·strideY − top + p and column = j·strideX − left + q. The divisor is the number of elements of the window. It
 * counts elements in the padding only with `countPadding`, and never elements beyond the padding. A window that
 * contains only padding gives 0.
 *
 * @param x [N, channels, height, width]
 * @returns [N, channels, ⌊(height + top + bottom − sizeY) / strideY⌋ + 1, likewise for the width], one more where
 * `ceilMode` adds a window
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_OPTION
 */
export function avgPool2d(x: Tensor, options: AveragePoolingOptions): Tensor {
  const { batch, shape, output } = averageProblemOf(shapeOf('x', x), options);
  const { y } = engine.run(['avgPool2d', shape], batch, { x: x.data }, () => ({
    inputs: { x: samples(inputSize(shape)) },
    outputs: { y: samples(outputSize(shape)) },
    calls: [call(avgPool2dKernel(shape), { x: 'x', y: 'y' })],
  }));
  return new Tensor(y, output);
}

/**
 * ∂E/∂x: each window adds its ∂E/∂y / divisor to the gradient of each of its elements (see `avgPool2d`).
 *
 * @param inputShape [N, channels, height, width]
 * @param outputGradient ∂E/∂y, with the shape that `avgPool2d` returns
 * @param options the options of `avgPool2d`
 * @returns [N, channels, height, width]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_SHAPE, CONVOY_INVALID_OPTION
 */
export function avgPool2dInputGradient(
  inputShape: Shape,
  outputGradient: Tensor,
  options: AveragePoolingOptions,
): Tensor {
  const { batch, shape, output } = averageProblemOf(inputShape, options);
  expectShape('outputGradient', outputGradient, output, 'the shape of the output');
  const { dx } = engine.run(['avgPool2dInputGradient', shape], batch, { dy: outputGradient.data }, () => ({
    inputs: { dy: samples(outputSize(shape)) },
    outputs: { dx: samples(inputSize(shape)) },
    calls: [call(avgPool2dInputGradientKernel(shape), { dy: 'dy', dx: 'dx' })],
  }));
  return new Tensor(dx, inputShape);
}

interface Problem<S extends Pool2dShape> {
  readonly batch: number;
  readonly shape: S;
  readonly output: Shape;
}

const maximumProblemOf = (inputShape: Shape, options: MaximumPoolingOptions): Problem<Pool2dShape> => {
  const settings = maximumPoolingSettings(checkOptions('maxPool2d', options, maximumPoolingChecks));
  return problemOf(inputShape, (input) => poolingShape(settings, input));
};

const averageProblemOf = (inputShape: Shape, options: AveragePoolingOptions): Problem<AvgPool2dShape> => {
  const settings = averagePoolingSettings(checkOptions('avgPool2d', options, averagePoolingChecks));
  return problemOf(inputShape, (input) => averagePoolingShape(settings, input));
};

function problemOf<S extends Pool2dShape>(inputShape: Shape, shapeFor: (input: Shape) => S): Problem<S> {
  const [batch, ...input] = extentsOfShape('x', inputShape, ['N', 'channels', 'height', 'width']);
  const shape = shapeFor(input);
  return { batch, shape, output: [batch, shape.channels, outputHeight(shape), outputWidth(shape)] };
}

const inputSize = ({ channels, height, width }: Pool2dShape): number => channels * height * width;

const outputSize = (shape: Pool2dShape): number => shape.channels * outputHeight(shape) * outputWidth(shape);

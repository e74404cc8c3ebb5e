// Average pooling and its gradient.
import { add, convert, divide, load, scalarMultiply, splat } from '../../language/floats.ts';
import { Index, maximum, minimum } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import type { Vector } from '../../language/value.ts';
import type { AvgPool2dShape } from '../../shapes.ts';
import { type Activation, derivativeOperand, identity } from '../activations/activation.ts';
import type { Taps } from '../convolution/taps.ts';
import {
  forEachCell,
  forEachWindow,
  type PoolWindow,
  type PoolWindows,
  pooledCells,
  slidingWindows,
  storeInputGradient,
  unpooledCells,
} from './pool-window.ts';

/**
 * y = (Σ x over the window, in row-major order) / divisor. With `countPadding` the divisor is the number of cells of
 * the window except for the overhang, otherwise the number of cells outside the padding. A window that covers only
 * padding gives 0.
 */
export const avgPool2d = (shape: AvgPool2dShape) => windowMeans('avgPool2d', slidingWindows(shape), divisorOf(shape));

/**
 * ∂E/∂x: each window gives ∂E/∂y / divisor to each of its cells, times the derivative of the activation that made x.
 */
export const avgPool2dInputGradient = (shape: AvgPool2dShape, activation: Activation = identity) =>
  windowMeansInputGradient('avgPool2dInputGradient', slidingWindows(shape), divisorOf(shape), activation);

/** The divisor of the sum over a window. */
type Divisor = (k: KernelBuilder, window: PoolWindow) => Vector;

/** The mean of each window, for windows of any kind. */
export function windowMeans(name: string, windows: PoolWindows, divisor: Divisor) {
  return kernel(name, { x: unpooledCells(windows), y: pooledCells(windows) }, (k, { x, y }) => {
    forEachWindow(k, windows, (window) => {
      const sum = k.variable('sum', splat(0));
      forEachCell(k, window, (row, column) => sum.set(add(sum.value, load(x(window.channel, row, column)))));
      const place = y(window.channel, window.row, window.column);
      k.store(place, divide(sum.value, divisor(k, window)));
    });
  });
}

/** The input gradient of `windowMeans`. */
export function windowMeansInputGradient(name: string, windows: PoolWindows, divisor: Divisor, activation: Activation) {
  const x = derivativeOperand(activation, unpooledCells(windows));
  const operands = { dy: pooledCells(windows), x, dx: unpooledCells(windows) };
  return kernel(name, operands, (k, { dy, x, dx }) => {
    storeInputGradient(k, windows, activation, { x, dx }, (window) => {
      const gradient = load(dy(window.channel, window.row, window.column));
      const share = k.let('share', divide(gradient, divisor(k, window)));
      return () => share;
    });
  });
}

/** The number of cells of a window outside the padding, at least 1. */
export const cellsInside: Divisor = (k, { vertical, horizontal }) => {
  const inside = ({ from, to }: Taps) => convert(k.bind('inside', maximum(1, to.minus(from))));
  return splat(scalarMultiply(inside(vertical), inside(horizontal)));
};

function divisorOf(shape: AvgPool2dShape): Divisor {
  const { countPadding, kernelHeight, kernelWidth, overhangBottom = 0, overhangRight = 0 } = shape;
  if (!countPadding) return cellsInside;
  if (overhangBottom + overhangRight === 0) return () => splat(kernelHeight * kernelWidth);
  const paddedHeight = shape.padTop + shape.height + shape.padBottom - overhangBottom;
  const paddedWidth = shape.padLeft + shape.width + shape.padRight - overhangRight;
  const counted = (k: KernelBuilder, kernel: number, padded: number, origin: Index) =>
    convert(k.bind('counted', minimum(kernel, new Index(padded).minus(origin))));
  return (k, { row, column }) =>
    splat(
      scalarMultiply(
        counted(k, kernelHeight, paddedHeight, row.times(shape.strideY)),
        counted(k, kernelWidth, paddedWidth, column.times(shape.strideX)),
      ),
    );
}

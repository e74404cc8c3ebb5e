// Adaptive average pooling and its gradient: the size of the output is given, and the windows follow from it.
import { ceilDivide, Index, maximum } from '../../language/index-expression.ts';
import type { AdaptivePool2dShape } from '../../shapes.ts';
import { type Activation, identity } from '../activations/activation.ts';
import { cellsInside, windowMeans, windowMeansInputGradient } from './avg-pool2d.ts';
import type { PoolAxis, PoolWindows } from './pool-window.ts';

/** y = the mean of x over the bin, summed in row-major order. `AdaptivePool2dShape` defines the bins. */
export const adaptiveAvgPool2d = (shape: AdaptivePool2dShape) =>
  windowMeans('adaptiveAvgPool2d', binWindows(shape), cellsInside);

/**
 * ∂E/∂x: each bin gives ∂E/∂y / (number of its cells) to each of its cells, times the derivative of the activation that
 * made x.
 */
export const adaptiveAvgPool2dInputGradient = (shape: AdaptivePool2dShape, activation: Activation = identity) =>
  windowMeansInputGradient('adaptiveAvgPool2dInputGradient', binWindows(shape), cellsInside, activation);

const binWindows = ({ channels, height, width, rows, columns }: AdaptivePool2dShape): PoolWindows => ({
  channels,
  rows: binAxis(height, rows),
  columns: binAxis(width, columns),
});

function binAxis(input: number, output: number): PoolAxis {
  const cellsUnder = (o: number) => {
    const first = Math.floor((o * input) / output);
    return { first, count: Math.ceil(((o + 1) * input) / output) - first };
  };
  let count = 1;
  for (let o = 0; o < output; o++) count = Math.max(count, cellsUnder(o).count);
  const alwaysInside = input % output === 0;
  return {
    input,
    output,
    cellsUnder,
    step: 1,
    taps(k, o) {
      // ⌊a / b⌋ = ⌈(a − b + 1) / b⌉
      const first = alwaysInside
        ? o.times(count)
        : k.bind('first', maximum(0, ceilDivide(o.times(input).minus(output - 1), output)));
      const to = alwaysInside
        ? new Index(count)
        : k.bind('end', ceilDivide(o.plus(1).times(input), output)).minus(first);
      return { count, kernel: (j) => j, source: (j) => first.plus(j), from: new Index(0), to, alwaysInside };
    },
  };
}

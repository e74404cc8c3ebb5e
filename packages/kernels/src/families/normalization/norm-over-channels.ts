// Layer normalization of each pixel over its channels. The statistics of all pixels are computed side by side in
// memory, so that planes are read in the order in which they are stored: channel by channel.
import { add, divide, load, multiply, splat, squareRoot, subtract } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import { type Accessor, cells, scalars } from '../../language/operands.ts';
import { type Access, LANES, type Vector } from '../../language/value.ts';
import type { NormShape, PlanesShape } from '../../shapes.ts';
import { identity } from '../activations/activation.ts';
import { accumulateLanes } from '../math/accumulate.ts';
import { laneSums } from '../math/lane-sums.ts';
import { type NormalizationOptions, scaledBy, shiftedBy } from './normalization.ts';

/** Channels that are summed before their sum is added to the total of a pixel. */
const CHANNEL_TILE = 4;

/** The number of rows of `saved`; see `pixelRows`. */
const ROWS = 4;

/** The floats that `normOverChannels` saves for the gradients, and the scratch memory of its input gradient. */
export const normOverChannelsSavedFloats = ({ area }: PlanesShape): number => ROWS * area * LANES;

/**
 * y = f((x − mean) / √(variance + epsilon) · scale + offset), where mean = Σ x / channels and, in a second pass,
 * variance = Σ (x − mean)² / channels over the channels of a pixel, four at a time. Saves mean and 1 / deviation for
 * the gradients. y must not be x. J. L. Ba and others, "Layer normalization", 2016.
 */
export function normOverChannels(shape: NormShape, options: NormalizationOptions = {}) {
  const { channels, area, epsilon } = shape;
  const { activation = identity, useScale = true, useOffset = true } = options;
  const operands = {
    x: cells(channels, area),
    scale: useScale ? scalars(channels) : undefined,
    offset: useOffset ? scalars(channels) : undefined,
    saved: cells(ROWS, area),
    y: cells(channels, area),
  };
  return kernel('normOverChannels', operands, (k, { x, scale, offset, saved, y }) => {
    const { mean, inverse } = pixelRows(saved);
    sumOverChannels(k, shape, [mean], (c) => (pixel) => [load(x(c, pixel))]);
    k.loop('pixel', 0, area, (pixel) => k.store(mean(pixel), divide(load(mean(pixel)), channels)));
    sumOverChannels(k, shape, [inverse], (c) => (pixel) => {
      const deviation = k.let('deviation', subtract(load(x(c, pixel)), load(mean(pixel))));
      return [multiply(deviation, deviation)];
    });
    k.loop('pixel', 0, area, (pixel) => {
      const variance = divide(load(inverse(pixel)), channels);
      k.store(inverse(pixel), divide(1, squareRoot(add(variance, epsilon))));
    });
    k.loop('channel', 0, channels, (c) => {
      const scaled = scaledBy(k, scale, c);
      const shifted = shiftedBy(k, offset, c);
      k.loop('pixel', 0, area, (pixel) => {
        const normalized = multiply(subtract(load(x(c, pixel)), load(mean(pixel))), load(inverse(pixel)));
        k.store(y(c, pixel), activation.forward(k, shifted(scaled(normalized))));
      });
    });
  });
}

/**
 * ∂E/∂scale[c] = Σ ∂E/∂y · x̂ over samples and pixels, with x̂ = (x − mean) / deviation: in each lane over the pixels,
 * then over the lanes. With `accumulate`, the sum is added to dscale.
 */
export function normOverChannelsScaleGradient({ channels, area }: PlanesShape, accumulate = false) {
  const operands = {
    x: cells(channels, area),
    dy: cells(channels, area),
    saved: cells(ROWS, area),
    dscale: scalars(channels),
  };
  return kernel('normOverChannelsScaleGradient', operands, (k, { x, dy, saved, dscale }) => {
    const { mean, inverse } = pixelRows(saved);
    k.loop('channel', 0, channels, (c) => {
      const { product } = laneSums(k, area, ['product'], (pixel) => {
        const normalized = multiply(subtract(load(x(c, pixel)), load(mean(pixel))), load(inverse(pixel)));
        return { product: multiply(load(dy(c, pixel)), normalized) };
      });
      accumulateLanes(k, dscale(c), product, accumulate);
    });
  });
}

/**
 * With g = ∂E/∂y · scale: ∂E/∂x = (g − Σ g / channels − x̂ · Σ (g · x̂) / channels) / deviation, summed over the
 * channels of a pixel, four at a time, times the derivative of the activation that made x. dx may be dy.
 */
export function normOverChannelsInputGradient(shape: PlanesShape, options: NormalizationOptions = {}) {
  const { channels, area } = shape;
  const { activation = identity, useScale = true } = options;
  const operands = {
    x: cells(channels, area),
    dy: cells(channels, area),
    scale: useScale ? scalars(channels) : undefined,
    saved: cells(ROWS, area),
    dx: cells(channels, area),
  };
  return kernel('normOverChannelsInputGradient', operands, (k, { x, dy, scale, saved, dx }) => {
    const { mean, inverse, constant, slope } = pixelRows(saved);
    sumOverChannels(k, shape, [constant, slope], (c) => {
      const scaled = scaledBy(k, scale, c);
      return (pixel) => {
        const gradient = k.let('gradient', scaled(load(dy(c, pixel))));
        return [gradient, multiply(gradient, subtract(load(x(c, pixel)), load(mean(pixel))))];
      };
    });
    k.loop('pixel', 0, area, (pixel) => {
      const square = multiply(load(inverse(pixel)), load(inverse(pixel)));
      k.store(constant(pixel), divide(load(constant(pixel)), channels));
      k.store(slope(pixel), divide(multiply(load(slope(pixel)), square), channels));
    });
    k.loop('channel', 0, channels, (c) => {
      const scaled = scaledBy(k, scale, c);
      k.loop('pixel', 0, area, (pixel) => {
        const value = k.let('x', load(x(c, pixel)));
        const centred = subtract(scaled(load(dy(c, pixel))), load(constant(pixel)));
        const change = multiply(subtract(value, load(mean(pixel))), load(slope(pixel)));
        const gradient = multiply(subtract(centred, change), load(inverse(pixel)));
        k.store(dx(c, pixel), activation.backward(k, gradient, value));
      });
    });
  });
}

/** Sums terms over the channels in memory: one total for each pixel and each entry of `totals`. */
function sumOverChannels(
  k: KernelBuilder,
  { channels, area }: PlanesShape,
  totals: readonly PixelCells[],
  terms: (channel: Index) => (pixel: Index) => readonly Vector[],
): void {
  k.loop('pixel', 0, area, (pixel) => {
    for (const total of totals) k.store(total(pixel), splat(0));
  });
  k.tiles('channel', channels, CHANNEL_TILE, (first, size) => {
    const tile = Array.from({ length: size }, (_, c) => terms(first.plus(c)));
    k.loop('pixel', 0, area, (pixel) => {
      const rows = tile.map((termsAt) => termsAt(pixel));
      for (const [i, total] of totals.entries()) {
        const sum = rows.map((row) => row[i] as Vector).reduce(add);
        k.store(total(pixel), add(load(total(pixel)), sum));
      }
    });
  });
}

/** One cell per pixel. */
type PixelCells = (pixel: Index) => Access;

/** The rows of `saved`: two that `normOverChannels` saves for the gradients, then two sums of the input gradient. */
function pixelRows(
  row: Accessor<[number, number]>,
): Readonly<Record<'mean' | 'inverse' | 'constant' | 'slope', PixelCells>> {
  return {
    mean: (pixel) => row(0, pixel),
    inverse: (pixel) => row(1, pixel),
    constant: (pixel) => row(2, pixel),
    slope: (pixel) => row(3, pixel),
  };
}

// Products of several blocks, cell by cell, where a factor may have one number for a whole channel; and the gradient of each factor.
import type { Index } from '../../language/index-expression.ts';
import { cells, type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import type { Kernel } from '../../language/statement.ts';
import { add, type Buffer, load, multiply, splat, type Vector } from '../../language/value.ts';
import type { PlanesShape, ProductShape } from '../../shapes.ts';
import { type Activation, identity } from '../activations/activation.ts';
import { numberedBuffer, numberedParameters } from './numbered.ts';

/** Channels whose gradients are summed side by side, so that additions need not wait for each other. */
const CHANNEL_TILE = 4;

/**
 * y = f(x₁ · x₂ · …), multiplied in order.
 *
 * Arguments: x1, x2, … cells, each (channels, area) or (channels) as `shape.factors` says, y cells (channels, area).
 */
export function product(shape: ProductShape, activation: Activation = identity): Kernel {
  const { channels, area, factors } = shape;
  const numbers = [...factors.keys()];
  return kernel('product', { ...numberedParameters('x', numbers), y: 'f32[]' }, (k, given) => {
    const output = cells(given.y as Buffer, [channels, area]);
    k.loop('channel', 0, channels, (c) => {
      const factorsAt = readFactors(k, shape, given, numbers, c);
      k.loop('pixel', 0, area, (pixel) =>
        k.store(output(c, pixel), activation.forward(k, factorsAt(pixel).reduce(multiply))),
      );
    });
  });
}

/**
 * ∂E/∂x of one factor = ∂E/∂y · the other factors in order; for a factor of one number a channel its sum over the pixels, in order.
 *
 * Arguments: dy cells (channels, area), the other factors' cells as in `product`, dx cells as the factor.
 */
export function productGradient(shape: ProductShape, factor: number): Kernel {
  const others = [...shape.factors.keys()].filter((number) => number !== factor);
  return kernel('productGradient', { dy: 'f32[]', ...numberedParameters('x', others), dx: 'f32[]' }, (k, given) => {
    const { channels, area } = shape;
    const outputGradient = cells(given.dy as Buffer, [channels, area]);
    const gradientOf = (c: Index) => {
      const factorsAt = readFactors(k, shape, given, others, c);
      return (pixel: Index) => factorsAt(pixel).reduce(multiply, load(outputGradient(c, pixel)));
    };
    if (shape.factors[factor] === 'channel') storeSums(k, shape, given.dx as Buffer, gradientOf);
    else storeAll(k, shape, given.dx as Buffer, gradientOf);
  });
}

/** For a channel: the expression at each of its pixels. */
type ByChannel = (channel: Index) => (pixel: Index) => Vector;

function storeAll(k: KernelBuilder, { channels, area }: PlanesShape, dx: Buffer, gradientOf: ByChannel): void {
  const inputGradient = cells(dx, [channels, area]);
  k.loop('channel', 0, channels, (c) => {
    const gradientAt = gradientOf(c);
    k.loop('pixel', 0, area, (pixel) => k.store(inputGradient(c, pixel), gradientAt(pixel)));
  });
}

function storeSums(k: KernelBuilder, { channels, area }: PlanesShape, dx: Buffer, gradientOf: ByChannel): void {
  const inputGradient = cells(dx, [channels]);
  k.tiles('channel', channels, CHANNEL_TILE, (first, size) => {
    const tile = Array.from({ length: size }, (_, c) => ({
      gradientAt: gradientOf(first.plus(c)),
      sum: k.variable('sum', splat(0)),
    }));
    k.loop('pixel', 0, area, (pixel) => {
      for (const { gradientAt, sum } of tile) sum.set(add(sum.value, gradientAt(pixel)));
    });
    for (const [c, { sum }] of tile.entries()) k.store(inputGradient(first.plus(c)), sum.value);
  });
}

/** Some factors of a channel, by pixel. Those that are the same at all pixels are loaded here. */
function readFactors(
  k: KernelBuilder,
  { channels, area, factors }: ProductShape,
  given: Readonly<Record<string, unknown>>,
  numbers: readonly number[],
  c: Index,
): (pixel: Index) => readonly Vector[] {
  const readers = numbers.map((number): ((pixel: Index) => Vector) => {
    const buffer = numberedBuffer(given, 'x', number);
    if (factors[number] === 'plane') return (pixel) => load(cells(buffer, [channels, area])(c, pixel));
    const value = k.let('factor', load(cells(buffer, [channels])(c)));
    return () => value;
  });
  return (pixel) => readers.map((read) => read(pixel));
}

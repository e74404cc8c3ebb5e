// Products of several blocks, cell by cell, where a factor may have one number per channel; and the gradients of the
// factors.
import { load, multiply } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import { type Accessor, type BufferKind, cells } from '../../language/operands.ts';
import type { Vector } from '../../language/value.ts';
import type { PlanesShape, ProductShape } from '../../shapes.ts';
import { type Activation, identity } from '../activations/activation.ts';
import { type ChannelTerms, forEachChannelSum } from '../math/channel-sums.ts';
import { type Numbered, numberedHandle, numberedOperands } from './numbered.ts';

/** y = f(x₁ · x₂ · …), multiplied in order. */
export function product(shape: ProductShape, activation: Activation = identity) {
  const { channels, area, factors } = shape;
  const numbers = [...factors.keys()];
  const operands: FactorOperands & { readonly y: Plane } = {
    ...numberedOperands('x', numbers, (number) => factorKind(shape, number)),
    y: cells(channels, area),
  };
  return kernel('product', operands, (k, { y, ...inputs }) =>
    k.loop('channel', 0, channels, (c) => {
      const factorsAt = readFactors(k, shape, inputs, numbers, c);
      k.loop('pixel', 0, area, (pixel) =>
        k.store(y(c, pixel), activation.forward(k, factorsAt(pixel).reduce(multiply))),
      );
    }),
  );
}

/**
 * ∂E/∂x of one factor = ∂E/∂y · the other factors in order; for a factor with one number per channel, the sum of this
 * over the pixels in order.
 */
export function productGradient(shape: ProductShape, factor: number) {
  const others = [...shape.factors.keys()].filter((number) => number !== factor);
  const operands: FactorOperands & { readonly dy: Plane; readonly dx: Plane } = {
    dy: cells(shape.channels, shape.area),
    ...numberedOperands('x', others, (number) => factorKind(shape, number)),
    dx: factorKind(shape, factor),
  };
  return kernel('productGradient', operands, (k, { dy, dx, ...inputs }) => {
    const gradientOf = (c: Index) => {
      const factorsAt = readFactors(k, shape, inputs, others, c);
      return (pixel: Index) => factorsAt(pixel).reduce(multiply, load(dy(c, pixel)));
    };
    if (shape.factors[factor] === 'channel')
      forEachChannelSum(k, shape, gradientOf, (c, sum) => k.store(dx(c, 0), sum));
    else storeAll(k, shape, dx, gradientOf);
  });
}

type Plane = BufferKind<[number, number]>;
type PlaneAccessor = Accessor<[number, number]>;
type FactorOperands = Numbered<'x', [number, number]>;

const factorKind = ({ channels, area, factors }: ProductShape, number: number): Plane =>
  cells(channels, factors[number] === 'plane' ? area : 1);

function storeAll(
  k: KernelBuilder,
  { channels, area }: PlanesShape,
  dx: PlaneAccessor,
  gradientOf: ChannelTerms,
): void {
  k.loop('channel', 0, channels, (c) => {
    const gradientAt = gradientOf(c);
    k.loop('pixel', 0, area, (pixel) => k.store(dx(c, pixel), gradientAt(pixel)));
  });
}

/**
 * The values of some factors for a channel, by pixel. Factors that are the same at all pixels are loaded at this point.
 */
function readFactors(
  k: KernelBuilder,
  { factors }: ProductShape,
  inputs: Readonly<Record<`x${number}`, PlaneAccessor>>,
  numbers: readonly number[],
  c: Index,
): (pixel: Index) => readonly Vector[] {
  const readers = numbers.map((number): ((pixel: Index) => Vector) => {
    const factor = numberedHandle(inputs, 'x', number);
    if (factors[number] === 'plane') return (pixel) => load(factor(c, pixel));
    const value = k.let('factor', load(factor(c, 0)));
    return () => value;
  });
  return (pixel) => readers.map((read) => read(pixel));
}

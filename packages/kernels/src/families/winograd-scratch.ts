// The scratch memory of Winograd's convolution: transformed weights, and the transformed inputs and products of a row of tiles.
import type { Index } from '../language/index-expression.ts';
import { cells, scalars } from '../language/kernel-builder.ts';
import { type Access, type Buffer, LANES } from '../language/value.ts';
import { oddLines } from './cache-lines.ts';
import { type Problem, tilesIn } from './winograd-tiles.ts';
import { PRODUCTS } from './winograd-transforms.ts';

/**
 * Where the transformed inputs and products of a row of tiles, and the transformed weights, begin, in floats, and how far the arrays of the
 * 16 products lie apart.
 */
export function scratchLayout({ inChannels, outChannels, target }: Problem) {
  const row = tilesIn(target.width) * LANES;
  const strides = {
    inputs: oddLines(inChannels * row),
    products: oddLines(outChannels * row),
    weights: oddLines(inChannels * outChannels),
  };
  const products = PRODUCTS * strides.inputs;
  const weights = products + PRODUCTS * strides.products;
  return { strides, products, weights, floats: weights + PRODUCTS * strides.weights };
}

export interface ScratchPlaces {
  input(product: Index, inp: Index, column: Index): Access;
  product(product: Index, out: Index, column: Index): Access;
  weight(product: Index, out: Index, inp: Index): Access;
}

export function scratchPlaces(buffer: Buffer, problem: Problem): ScratchPlaces {
  const { inChannels, outChannels, target } = problem;
  const { strides, products, weights } = scratchLayout(problem);
  const columns = tilesIn(target.width);
  const input = cells(buffer, [inChannels, columns]);
  const output = cells(buffer, [outChannels, columns]);
  const weight = scalars(buffer, [outChannels, inChannels]);
  const at = (start: number, stride: number, product: Index, { index }: Access): Access => ({
    buffer,
    index: index.plus(start).plus(product.times(stride)),
  });
  return {
    input: (product, inp, column) => at(0, strides.inputs, product, input(inp, column)),
    product: (product, out, column) => at(products, strides.products, product, output(out, column)),
    weight: (product, out, inp) => at(weights, strides.weights, product, weight(out, inp)),
  };
}

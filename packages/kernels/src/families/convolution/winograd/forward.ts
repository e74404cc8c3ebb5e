// Convolution of stride 1 with Winograd's algorithm; see transforms.ts. Its rounding errors differ from those of
// `conv2d`; docs/decisions gives their sizes.
import { add, load, loadScalar, splat } from '../../../language/floats.ts';
import { Index, less } from '../../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../../language/kernel-builder.ts';
import { scalars } from '../../../language/operands.ts';
import type { Vector } from '../../../language/value.ts';
import type { Conv2dShape } from '../../../shapes.ts';
import { type ForwardOptions, identity } from '../../activations/activation.ts';
import { inputCells, outputCells, weights } from '../conv2d-sums.ts';
import { productAt } from './matrices.ts';
import {
  bandRowsOf,
  multiplyTiles,
  type Products,
  productsLayout,
  productsOf,
  transformAllWeights,
} from './products.ts';
import { clearBorders, inputTiles, transformBand, transformFloats } from './tiled-planes.ts';
import { type Band, forEachBand, kernelSize, type Problem, problemOf, tileAt, tileSize, tilesOf } from './tiles.ts';
import { forEachElement, inputsAtPoints, type Size, transformProducts } from './transforms.ts';

/** Scratch memory of `conv2dWinograd`, in floats. */
export const winogradScratchFloats = (shape: Conv2dShape): number => scratchLayout(problemOf(shape)).products.end;

/**
 * y = f(bias + Σ w · x), as `conv2d`, for a shape that `hasWinograd`. Transforms the weights. Then, for each band, it
 * transforms the inputs, multiplies, and transforms the products.
 */
export function conv2dWinograd(shape: Conv2dShape, { activation = identity, useBias = true }: ForwardOptions = {}) {
  const problem = problemOf(shape);
  const operands = {
    x: inputCells(shape),
    w: weights(shape),
    bias: useBias ? scalars(shape.outChannels) : undefined,
    scratch: scalars(winogradScratchFloats(shape)),
    y: outputCells(shape),
  };
  return kernel('conv2dWinograd', operands, (k, { x, w, bias, scratch: { buffer }, y }) => {
    const layout = scratchLayout(problem);
    const products = productsOf(layout.shape, layout.products, buffer);
    const memory = { buffer, start: 0 };
    const inputs = { planes: layout.planes, source: x, memory, transform: inputsAtPoints, target: products.input };
    transformAllWeights(k, products, kernelSize(problem), w);
    clearBorders(k, layout.planes, memory);
    forEachBand(k, problem.rows, layout.bandRows, (band) => {
      transformBand(k, inputs, band);
      multiplyTiles(k, products, band.rows.times(tilesOf(problem.columns)));
      k.loop('out', 0, problem.outChannels, (out) =>
        storeBand(k, problem, band, products, out, (sum, row, column) => {
          const biased = bias ? add(sum, splat(loadScalar(bias(out)))) : sum;
          k.store(y(out, row, column), activation.forward(k, biased));
        }),
      );
    });
  });
}

function scratchLayout(problem: Problem) {
  const { inChannels, outChannels, rows, columns } = problem;
  const bandRows = bandRowsOf(problem);
  const planes = inputTiles(inChannels, rows, columns);
  const shape = { sources: inChannels, targets: outChannels, tiles: bandRows * tilesOf(columns) };
  return { bandRows, planes, shape, products: productsLayout(transformFloats(planes), shape) };
}

/**
 * Transforms the products of an output channel and stores them. The last tiles of an axis may have fewer outputs than
 * the others.
 */
function storeBand(
  k: KernelBuilder,
  problem: Problem,
  band: Band,
  { product }: Products,
  out: Index,
  store: (sum: Vector, row: Index, column: Index) => void,
): void {
  const { rows, columns } = problem;
  const size = tileSize(problem);
  const storeTile = (row: Index, column: Index, kept: Size) =>
    k.halves(() => {
      const tile = tileAt(problem, row, column);
      const products = (a: number, b: number) => load(product(productAt(a, b), out, tile));
      forEachElement(transformProducts(k, size, products, kept), (sum, a, b) =>
        store(sum, band.first.plus(row).times(size.rows).plus(a), column.times(size.columns).plus(b)),
      );
    });
  const storeRow = (row: Index, keptRows: number) => {
    const whole = Math.floor(columns.output / size.columns);
    const rest = columns.output % size.columns;
    k.loop('column', 0, whole, (column) => storeTile(row, column, { rows: keptRows, columns: size.columns }));
    if (rest > 0) storeTile(row, new Index(whole), { rows: keptRows, columns: rest });
  };
  const wholeRows = Math.floor(rows.output / size.rows);
  const rest = rows.output % size.rows;
  k.loop('row', 0, band.rows, (row) => {
    const storeWhole = () => storeRow(row, size.rows);
    if (rest === 0) storeWhole();
    else k.if(less(band.first.plus(row), wholeRows), storeWhole, () => storeRow(row, rest));
  });
}

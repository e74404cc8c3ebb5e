// The middle part of Winograd's algorithm, forward and for the input gradient: transformed weights times transformed
// planes, for each of the 36 products of a tile.
import { add, lanes, load, loadScalar, multiply, splat } from '../../../language/floats.ts';
import { Index } from '../../../language/index-expression.ts';
import type { KernelBuilder } from '../../../language/kernel-builder.ts';
import { cellsIn, scalarsIn } from '../../../language/operands.ts';
import { type Access, type BufferOperand, LANES } from '../../../language/value.ts';
import { forEachVector, matricesFrom, ofProduct, PRODUCTS, paddedToLanes, productAt } from './matrices.ts';
import { type Problem, tilesOf } from './tiles.ts';
import { forEachElement, norm, type Size, transformWeights } from './transforms.ts';

/** Target channels whose products are summed side by side, as in `conv2d-sums.ts`. */
const CHANNEL_TILE = 4;
/** Source channels that one iteration adds. */
const UNROLLED_CHANNELS = 8;
/** A band should have at least this many tiles, so that a loaded weight serves several. */
const BAND_TILES = 4;

const FIRST = new Index(0);

/** The number of rows of tiles in a band. */
export const bandRowsOf = ({ rows, columns }: Problem): number =>
  Math.min(tilesOf(rows), Math.max(1, Math.floor(BAND_TILES / tilesOf(columns))));

interface ProductsShape {
  /** The channels that are summed over, and the channels of the result. */
  readonly sources: number;
  readonly targets: number;
  /** The number of tiles of a band. */
  readonly tiles: number;
}

/** The layout of the scratch memory for products, which begins at `start`, in floats. */
export function productsLayout(start: number, { sources, targets, tiles }: ProductsShape) {
  const inputs = matricesFrom(start, sources * tiles * LANES);
  const products = matricesFrom(inputs.end, targets * tiles * LANES);
  const weights = matricesFrom(products.end, targets * paddedToLanes(sources));
  return { inputs, products, weights, end: weights.end };
}

export type Products = ReturnType<typeof productsOf>;

export function productsOf(shape: ProductsShape, layout: ReturnType<typeof productsLayout>, buffer: BufferOperand) {
  const { sources, targets, tiles } = shape;
  return {
    ...shape,
    /** (product, source, tile) */
    input: ofProduct(layout.inputs, cellsIn(buffer, [sources, tiles])),
    /** (product, target, tile) */
    product: ofProduct(layout.products, cellsIn(buffer, [targets, tiles])),
    /** (product, target, source) */
    weight: ofProduct(layout.weights, scalarsIn(buffer, [targets, paddedToLanes(sources)])),
  };
}

/** Transforms the weights of all pairs of channels. Lanes are source channels here. */
export function transformAllWeights(
  k: KernelBuilder,
  products: Products,
  size: Size,
  weight: (target: Index, source: Index, p: number, q: number) => Access,
): void {
  k.loop('target', 0, products.targets, (target) =>
    forEachVector(k, products.sources, (first, count) =>
      k.halves(() => {
        const sources = Array.from({ length: LANES }, (_, n) => first.plus(Math.min(n, count - 1)));
        const weights = (p: number, q: number) =>
          lanes(sources.map((source) => loadScalar(weight(target, source, p, q))));
        forEachElement(transformWeights(k, size, weights), (value, a, b) =>
          k.store(products.weight(productAt(a, b), target, first), norm(value, a, b)),
        );
      }),
    ),
  );
}

/**
 * For each of the 36 products, computes the matrix product (target, source) · (source, tile) for the first `tiles`
 * tiles.
 */
export function multiplyTiles(
  k: KernelBuilder,
  { sources, targets, input, product: target, weight }: Products,
  tiles: Index,
): void {
  k.loop('product', 0, PRODUCTS, (product) =>
    k.tiles('target', targets, CHANNEL_TILE, (first, size) =>
      k.loop('tile', 0, tiles, (tile) => {
        const factor = (source: Index, t: number) =>
          k.let('u', splat(loadScalar(weight(product, first.plus(t), source))));
        const start = k.let('v', load(input(product, FIRST, tile)));
        const sums = Array.from({ length: size }, (_, t) => k.variable('sum', multiply(factor(FIRST, t), start)));
        const addSource = (source: Index) => {
          const value = k.let('v', load(input(product, source, tile)));
          sums.forEach((sum, t) => {
            sum.set(add(sum.value, multiply(factor(source, t), value)));
          });
        };
        k.tiles('source', sources - 1, UNROLLED_CHANNELS, (before, count) => {
          for (let c = 1; c <= count; c++) addSource(before.plus(c));
        });
        sums.forEach((sum, t) => {
          k.store(target(product, first.plus(t), tile), sum.value);
        });
      }),
    ),
  );
}

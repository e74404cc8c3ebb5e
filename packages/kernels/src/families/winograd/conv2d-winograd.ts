// Convolution of stride 1, and its input gradient, in Winograd's form: see transforms.ts. Sums are rounded in other places than those of
// `conv2d`: docs/decisions say by how much.
import { Index, less } from '../../language/index-expression.ts';
import { cells, type KernelBuilder, kernel, scalars } from '../../language/kernel-builder.ts';
import type { Kernel } from '../../language/statement.ts';
import {
  type Access,
  add,
  type Buffer,
  LANES,
  lanes,
  load,
  loadScalar,
  multiply,
  splat,
  type Vector,
} from '../../language/value.ts';
import type { Conv2dShape } from '../../shapes.ts';
import { type Activation, type ForwardOptions, identity } from '../activation.ts';
import { forEachVector, matricesFrom, ofProduct, PRODUCTS, paddedToLanes, productAt } from './matrices.ts';
import { clearBorders, inputTiles, transformBand, transformFloats } from './tiled-planes.ts';
import {
  type Band,
  backwardProblem,
  forEachBand,
  forwardProblem,
  kernelSize,
  type Problem,
  tileAt,
  tileSize,
  tilesOf,
} from './tiles.ts';
import { forEachElement, inputsAtPoints, norm, transformProducts, transformWeights } from './transforms.ts';

/** Output channels whose products are summed side by side, as in `conv2d-sums.ts`. */
const CHANNEL_TILE = 4;
/** Input channels added in one turn of the loop. */
const UNROLLED_CHANNELS = 8;
/** Tiles that a band should have, so that weights serve several. */
const BAND_TILES = 4;

/** Floats of scratch memory of `conv2dWinograd`. */
export const winogradScratchFloats = (shape: Conv2dShape): number => scratchLayout(forwardProblem(shape)).floats;

/** Floats of scratch memory of `conv2dWinogradInputGradient`. */
export const winogradGradientScratchFloats = (shape: Conv2dShape): number =>
  scratchLayout(backwardProblem(shape)).floats;

/**
 * y = f(bias + Σ w · x), as `conv2d`, of a shape that `hasWinograd`.
 *
 * Arguments: x cells, w OIHW, bias (if there is one), scratch (`winogradScratchFloats`), y cells.
 */
export function conv2dWinograd(
  shape: Conv2dShape,
  { activation = identity, useBias = true }: ForwardOptions = {},
): Kernel {
  const bias = useBias ? 'f32[]' : undefined;
  const parameters = { x: 'f32[]', w: 'f32[]', bias, scratch: 'f32[]', y: 'f32[]' } as const;
  return kernel('conv2dWinograd', parameters, (k, { x, w, bias, scratch, y }) => {
    const weight = scalars(w, [shape.outChannels, shape.inChannels, shape.kernelHeight, shape.kernelWidth]);
    const biases = bias && scalars(bias, [shape.outChannels]);
    storeSums(k, forwardProblem(shape), {
      source: x,
      scratch,
      target: y,
      weight: (out, inp, p, q) => weight(out, inp, p, q),
      finish: (sum, out) => activation.forward(k, biases ? add(sum, splat(loadScalar(biases(out)))) : sum),
    });
  });
}

/**
 * ∂E/∂x = Σ w · ∂E/∂y, then through the activation that made x, as `conv2dInputGradient`, of a shape that `hasWinograd`.
 *
 * Arguments: dy cells, w OIHW, x cells (for the activation alone), scratch (`winogradGradientScratchFloats`), dx cells.
 */
export function conv2dWinogradInputGradient(shape: Conv2dShape, activation: Activation = identity): Kernel {
  const { inChannels, outChannels, kernelHeight, kernelWidth, height, width } = shape;
  const parameters = { dy: 'f32[]', w: 'f32[]', x: 'f32[]', scratch: 'f32[]', dx: 'f32[]' } as const;
  return kernel('conv2dWinogradInputGradient', parameters, (k, { dy, w, x, scratch, dx }) => {
    const weight = scalars(w, [outChannels, inChannels, kernelHeight, kernelWidth]);
    const input = cells(x, [inChannels, height, width]);
    storeSums(k, backwardProblem(shape), {
      source: dy,
      scratch,
      target: dx,
      weight: (out, inp, p, q) => weight(inp, out, kernelHeight - 1 - p, kernelWidth - 1 - q),
      finish: (sum, channel, row, column) => activation.backward(k, sum, load(input(channel, row, column))),
    });
  });
}

interface Ends {
  readonly source: Buffer;
  readonly scratch: Buffer;
  readonly target: Buffer;
  weight(out: Index, inp: Index, p: number, q: number): Access;
  finish(sum: Vector, out: Index, row: Index, column: Index): Vector;
}

function scratchLayout({ inChannels, outChannels, rows, columns }: Problem) {
  const bandRows = Math.min(tilesOf(rows), Math.max(1, Math.floor(BAND_TILES / tilesOf(columns))));
  const planes = inputTiles(inChannels, rows, columns);
  const tiles = bandRows * tilesOf(columns);
  const inputs = matricesFrom(transformFloats(planes), inChannels * tiles * LANES);
  const products = matricesFrom(inputs.end, outChannels * tiles * LANES);
  const weights = matricesFrom(products.end, outChannels * paddedToLanes(inChannels));
  return { planes, bandRows, tiles, inputs, products, weights, floats: weights.end };
}

function scratchPlaces(problem: Problem, buffer: Buffer) {
  const { inChannels, outChannels } = problem;
  const { tiles, inputs, products, weights } = scratchLayout(problem);
  return {
    /** Of (product, in, tile). */
    input: ofProduct(inputs, cells(buffer, [inChannels, tiles])),
    /** Of (product, out, tile). */
    product: ofProduct(products, cells(buffer, [outChannels, tiles])),
    /** Of (product, out, in). */
    weight: ofProduct(weights, scalars(buffer, [outChannels, paddedToLanes(inChannels)])),
  };
}

type ScratchPlaces = ReturnType<typeof scratchPlaces>;

/** Transforms the weights; then, band by band, the inputs, multiplies, and transforms the products. */
function storeSums(k: KernelBuilder, problem: Problem, ends: Ends): void {
  const { planes, bandRows } = scratchLayout(problem);
  const memory = { buffer: ends.scratch, index: new Index(0) };
  const scratch = scratchPlaces(problem, ends.scratch);
  const { source } = ends;
  const transformation = { planes, source, memory, transform: inputsAtPoints, target: scratch.input };
  transformAllWeights(k, problem, ends, scratch);
  clearBorders(k, planes, memory);
  forEachBand(k, problem.rows, bandRows, (band) => {
    transformBand(k, transformation, band);
    multiplyBand(k, problem, band, scratch);
    k.loop('out', 0, problem.outChannels, (out) => finishBand(k, problem, band, ends, scratch, out));
  });
}

/** Lanes are input channels here. */
function transformAllWeights(k: KernelBuilder, problem: Problem, ends: Ends, scratch: ScratchPlaces): void {
  k.loop('out', 0, problem.outChannels, (out) =>
    forEachVector(k, problem.inChannels, (first, size) =>
      k.halves(() => {
        const weight = (p: number, q: number) => {
          const inputs = Array.from({ length: LANES }, (_, n) => first.plus(Math.min(n, size - 1)));
          return lanes(inputs.map((inp) => loadScalar(ends.weight(out, inp, p, q))));
        };
        forEachElement(transformWeights(k, kernelSize(problem), weight), (value, a, b) =>
          k.store(scratch.weight(productAt(a, b), out, first), norm(value, a, b)),
        );
      }),
    ),
  );
}

/** For each of the 36 products, a matrix product: (out, in) · (in, tile). */
function multiplyBand(k: KernelBuilder, problem: Problem, band: Band, scratch: ScratchPlaces): void {
  const { inChannels, outChannels, columns } = problem;
  k.loop('product', 0, PRODUCTS, (product) =>
    k.tiles('out', outChannels, CHANNEL_TILE, (first, size) =>
      k.loop('tile', 0, band.rows.times(tilesOf(columns)), (tile) => {
        const sums = Array.from({ length: size }, () => k.variable('sum', splat(0)));
        k.tiles('in', inChannels, UNROLLED_CHANNELS, (start, count) => {
          for (let c = 0; c < count; c++) {
            const inp = start.plus(c);
            const value = k.let('v', load(scratch.input(product, inp, tile)));
            sums.forEach((sum, o) => {
              const factor = k.let('u', splat(loadScalar(scratch.weight(product, first.plus(o), inp))));
              sum.set(add(sum.value, multiply(factor, value)));
            });
          }
        });
        sums.forEach((sum, o) => {
          k.store(scratch.product(product, first.plus(o), tile), sum.value);
        });
      }),
    ),
  );
}

/** Transforms the products of one output channel. The last tiles of an axis may have fewer outputs than others. */
function finishBand(
  k: KernelBuilder,
  problem: Problem,
  band: Band,
  ends: Ends,
  scratch: ScratchPlaces,
  out: Index,
): void {
  const { rows, columns } = problem;
  const output = cells(ends.target, [problem.outChannels, rows.output, columns.output]);
  const size = tileSize(problem);
  const finishTile = (row: Index, column: Index, kept: typeof size) =>
    k.halves(() => {
      const tile = tileAt(problem, row, column);
      const products = (a: number, b: number) => load(scratch.product(productAt(a, b), out, tile));
      const sums = transformProducts(k, size, products, kept);
      forEachElement(sums, (sum, a, b) => {
        const y = band.first.plus(row).times(size.rows).plus(a);
        const x = column.times(size.columns).plus(b);
        k.store(output(out, y, x), ends.finish(sum, out, y, x));
      });
    });
  const finishRow = (row: Index, keptRows: number) => {
    const whole = Math.floor(columns.output / size.columns);
    const rest = columns.output % size.columns;
    k.loop('column', 0, whole, (column) => finishTile(row, column, { rows: keptRows, columns: size.columns }));
    if (rest > 0) finishTile(row, new Index(whole), { rows: keptRows, columns: rest });
  };
  const wholeRows = Math.floor(rows.output / size.rows);
  k.loop('row', 0, band.rows, (row) => {
    if (wholeRows === tilesOf(rows)) finishRow(row, size.rows);
    else
      k.if(
        less(band.first.plus(row), wholeRows),
        () => finishRow(row, size.rows),
        () => finishRow(row, rows.output % size.rows),
      );
  });
}

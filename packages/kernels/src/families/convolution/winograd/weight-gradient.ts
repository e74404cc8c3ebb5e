// The weight gradient of a convolution of stride 1 with Winograd's algorithm. For each tile it is a correlation of
// inputs with output gradients: these take the part of the weights, and the weight gradient is the output. See
// transforms.ts.
import { add, lane, lanes, load, multiply, splat, sumLanes } from '../../../language/floats.ts';
import { Index } from '../../../language/index-expression.ts';
import { type KernelBuilder, kernel, type VectorCell } from '../../../language/kernel-builder.ts';
import { type Accessor, cellsIn, scalars, scalarsIn } from '../../../language/operands.ts';
import { type Access, type BufferOperand, LANES, type Vector } from '../../../language/value.ts';
import type { Conv2dShape } from '../../../shapes.ts';
import { accumulateScalar } from '../../math/accumulate.ts';
import { inputCells, outputCells, weights } from '../conv2d-sums.ts';
import { forEachVector, matricesFrom, ofProduct, PRODUCTS, paddedToLanes, productAt } from './matrices.ts';
import { clearBorders, inputTiles, outputTiles, transformBand, transformFloats } from './tiled-planes.ts';
import { type Band, forEachBand, kernelSize, type Problem, problemOf, tilesOf } from './tiles.ts';
import { forEachElement, inputsAtPoints, norm, transformProducts, weightsAtPoints } from './transforms.ts';

/** The number of output channels, and of input channels, whose products are summed side by side. */
const TILE = 2;
/** The number of output channels whose gradients are transformed at once. */
const OUTPUT_GROUP = 8;
/** The largest size of the transformed inputs and output gradients of a band, in floats: 1.5 MB. */
const BAND_FLOATS = 3 * 2 ** 17;

/** Scratch memory of `conv2dWinogradWeightGradient`, in floats. */
export const winogradWeightGradientScratchFloats = (shape: Conv2dShape): number =>
  scratchLayout(problemOf(shape)).floats;

/** ∂E/∂w = Σ x · ∂E/∂y over samples and pixels, as `conv2dWeightGradient`, for a shape that `hasWinograd`. */
export function conv2dWinogradWeightGradient(shape: Conv2dShape, accumulate = false) {
  const problem = problemOf(shape);
  const operands = {
    x: inputCells(shape),
    dy: outputCells(shape),
    scratch: scalars(winogradWeightGradientScratchFloats(shape)),
    dw: weights(shape),
  };
  return kernel('conv2dWinogradWeightGradient', operands, (k, { x, dy, scratch, dw }) => {
    const arrays = scratchArrays(problem, scratch.buffer);
    const inputs = { ...arrays.inputs, source: x, transform: inputsAtPoints };
    const gradients = { ...arrays.gradients, source: dy, transform: weightsAtPoints };
    for (const { planes, memory } of [inputs, gradients]) clearBorders(k, planes, memory);
    if (arrays.bands > 1) clearSums(k, problem, arrays);
    forEachBand(k, problem.rows, arrays.bandRows, (band) => {
      transformBand(k, inputs, band);
      k.tiles('outs', problem.outChannels, OUTPUT_GROUP, (first, size) => {
        transformBand(k, gradients, band, first, size);
        multiplyBand(k, problem, band, arrays, { first, size });
      });
    });
    storeWeightGradient(k, problem, arrays, dw, accumulate);
  });
}

function scratchLayout({ inChannels, outChannels, rows, columns }: Problem) {
  const group = Math.min(outChannels, OUTPUT_GROUP);
  const rowFloats = (inChannels + group) * tilesOf(columns) * LANES * PRODUCTS;
  const bandRows = Math.min(tilesOf(rows), Math.max(1, Math.floor(BAND_FLOATS / rowFloats)));
  const tiles = bandRows * tilesOf(columns);
  const inputs = inputTiles(inChannels, rows, columns);
  const gradients = outputTiles(outChannels, rows, columns);
  const gradientMemory = transformFloats(inputs);
  const laneSums = gradientMemory + transformFloats(gradients);
  const inputMatrices = matricesFrom(laneSums + TILE * paddedToLanes(inChannels) * LANES, inChannels * tiles * LANES);
  const gradientMatrices = matricesFrom(inputMatrices.end, group * tiles * LANES);
  const sums = matricesFrom(gradientMatrices.end, outChannels * paddedToLanes(inChannels));
  return {
    bandRows,
    tiles,
    inputs,
    gradients,
    gradientMemory,
    laneSums,
    inputMatrices,
    gradientMatrices,
    sums,
    floats: sums.end,
  };
}

function scratchArrays(problem: Problem, buffer: BufferOperand) {
  const { inChannels, outChannels, rows } = problem;
  const { bandRows, tiles, inputMatrices, gradientMatrices, sums, ...layout } = scratchLayout(problem);
  return {
    bandRows,
    bands: Math.ceil(tilesOf(rows) / bandRows),
    inputs: {
      planes: layout.inputs,
      memory: { buffer, start: 0 },
      target: ofProduct(inputMatrices, cellsIn(buffer, [inChannels, tiles])),
    },
    gradients: {
      planes: layout.gradients,
      memory: { buffer, start: layout.gradientMemory },
      target: ofProduct(gradientMatrices, cellsIn(buffer, [Math.min(outChannels, OUTPUT_GROUP), tiles])),
    },
    /** (output channel in its tile, input channel): sums over tiles, one per lane. */
    laneSums: cellsIn(buffer, [TILE, paddedToLanes(inChannels)], layout.laneSums),
    /** (product, out, in): sums over tiles and lanes. */
    sum: ofProduct(sums, scalarsIn(buffer, [outChannels, paddedToLanes(inChannels)])),
  };
}

type ScratchArrays = ReturnType<typeof scratchArrays>;

function clearSums(k: KernelBuilder, { inChannels, outChannels }: Problem, { sum }: ScratchArrays): void {
  k.loop('product', 0, PRODUCTS, (product) =>
    k.loop('out', 0, outChannels, (out) =>
      forEachVector(k, inChannels, (first) => k.store(sum(product, out, first), splat(0))),
    ),
  );
}

/** For each of the 36 products, computes the matrix product (out, tile and lane) · (tile and lane, in). */
function multiplyBand(
  k: KernelBuilder,
  problem: Problem,
  band: Band,
  arrays: ScratchArrays,
  outs: { readonly first: Index; readonly size: number },
): void {
  const { inChannels, columns } = problem;
  const { inputs, gradients, laneSums, sum, bands } = arrays;
  const tiles = band.rows.times(tilesOf(columns));
  k.loop('product', 0, PRODUCTS, (product) =>
    k.tiles('out', outs.size, TILE, (outFirst, outSize) => {
      k.tiles('in', inChannels, TILE, (inFirst, inSize) => {
        sumProducts(k, tiles, {
          inputs: Array.from({ length: inSize }, (_, c) => (tile) => inputs.target(product, inFirst.plus(c), tile)),
          gradients: Array.from(
            { length: outSize },
            (_, o) => (tile) => gradients.target(product, outFirst.plus(o), tile),
          ),
          store: (sum, o, c) => k.store(laneSums(new Index(o), inFirst.plus(c)), sum),
        });
      });
      for (let o = 0; o < outSize; o++) {
        forEachVector(k, inChannels, (first) => {
          const total = lanes(
            Array.from({ length: LANES }, (_, n) => sumLanes(load(laneSums(new Index(o), first.plus(n))))),
          );
          const place = sum(product, outs.first.plus(outFirst).plus(o), first);
          k.store(place, bands > 1 ? add(load(place), total) : total);
        });
      }
    }),
  );
}

interface Pairs {
  /** The places of a tile, one for each input channel and one for each output channel. */
  readonly inputs: readonly ((tile: Index) => Access)[];
  readonly gradients: readonly ((tile: Index) => Access)[];
  store(sum: Vector, gradient: number, input: number): void;
}

/**
 * Sums the products of each gradient and each input over the tiles. Where back ends do not unroll, both halves in one
 * loop would spill, so each half makes a pass over all tiles, as in `conv2dWeightGradient`.
 */
function sumProducts(k: KernelBuilder, tiles: Index, { inputs, gradients, store }: Pairs): void {
  const products = (tile: Index): readonly Vector[] => {
    const values = inputs.map((input) => k.let('v', load(input(tile))));
    return gradients.flatMap((place) => {
      const gradient = k.let('u', load(place(tile)));
      return values.map((value) => multiply(gradient, value));
    });
  };
  const begin = () => products(new Index(0)).map((first) => k.variable('sum', first));
  const addTile = (sums: readonly VectorCell[], tile: Index) => {
    const terms = products(tile);
    sums.forEach((sum, i) => {
      sum.set(add(sum.value, terms[i] as Vector));
    });
  };
  const storeAll = (sums: readonly VectorCell[]) =>
    sums.forEach(({ value }, i) => {
      store(value, Math.floor(i / inputs.length), i % inputs.length);
    });
  k.either(
    () => {
      const sums = k.halves(begin);
      k.loop('tile', 1, tiles, (tile) => k.halves(() => addTile(sums, tile)));
      storeAll(sums);
    },
    () => {
      const sums = k.halves(() => {
        const begun = begin();
        k.loop('tile', 1, tiles, (tile) => addTile(begun, tile));
        return begun;
      });
      storeAll(sums);
    },
  );
}

/** Transforms the sums of products to the weight gradient. Lanes are input channels here. */
function storeWeightGradient(
  k: KernelBuilder,
  problem: Problem,
  { sum }: ScratchArrays,
  dw: Accessor<[number, number, number, number]>,
  accumulate: boolean,
): void {
  k.loop('out', 0, problem.outChannels, (out) =>
    forEachVector(k, problem.inChannels, (first, size) => {
      const products = (a: number, b: number) => norm(load(sum(productAt(a, b), out, first)), a, b);
      forEachElement(transformProducts(k, kernelSize(problem), products), (value, p, q) => {
        for (let n = 0; n < size; n++) {
          accumulateScalar(k, dw(out, first.plus(n), p, q), lane(value, n), accumulate);
        }
      });
    }),
  );
}

// 3×3 convolution of stride 1, and its input gradient, by Winograd's F(2×2, 3×3): 16 products for 4 outputs, where the direct form takes 36.
// Sums are rounded differently than those of `conv2d`: see `WINOGRAD_ERROR`.
import { Index } from '../language/index-expression.ts';
import { cells, type KernelBuilder, kernel, scalars } from '../language/kernel-builder.ts';
import type { Kernel } from '../language/statement.ts';
import {
  type Access,
  add,
  type Buffer,
  lane,
  load,
  loadScalar,
  multiply,
  splat,
  type Vector,
} from '../language/value.ts';
import type { Conv2dShape } from '../shapes.ts';
import { type Activation, type ForwardOptions, identity } from './activation.ts';
import { type ScratchPlaces, scratchLayout, scratchPlaces } from './winograd-scratch.ts';
import { backwardProblem, forwardProblem, type Problem, type Run, runsOf, tilesIn } from './winograd-tiles.ts';
import {
  PRODUCTS,
  TILE,
  TILE_OUTPUTS,
  transformInputs,
  transformProducts,
  transformWeights,
} from './winograd-transforms.ts';

/** Output channels whose products are summed side by side, as in `conv2d-sums.ts`. */
const CHANNEL_TILE = 4;
/** Input channels added in one turn of the loop. */
const UNROLLED_CHANNELS = 4;

/** Whether the kernels of this file can compute a convolution. */
export const hasWinograd = (shape: Conv2dShape): boolean =>
  shape.groups === 1 &&
  [shape.kernelHeight, shape.kernelWidth].every((size) => size === 3) &&
  [shape.strideY, shape.strideX, shape.dilationY, shape.dilationX].every((step) => step === 1) &&
  [shape.padTop, shape.padLeft, shape.padBottom, shape.padRight].every((padding) => padding <= 2);

/** Floats of scratch memory of `conv2dWinograd` and `conv2dWinogradInputGradient`. */
export const winogradScratchFloats = (shape: Conv2dShape): number =>
  Math.max(...[forwardProblem(shape), backwardProblem(shape)].map((problem) => scratchLayout(problem).floats));

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
    const weight = scalars(w, [shape.outChannels, shape.inChannels, 3, 3]);
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
 * Arguments: dy cells, w OIHW, x cells (for the activation alone), scratch (`winogradScratchFloats`), dx cells.
 */
export function conv2dWinogradInputGradient(shape: Conv2dShape, activation: Activation = identity): Kernel {
  const parameters = { dy: 'f32[]', w: 'f32[]', x: 'f32[]', scratch: 'f32[]', dx: 'f32[]' } as const;
  return kernel('conv2dWinogradInputGradient', parameters, (k, { dy, w, x, scratch, dx }) => {
    const weight = scalars(w, [shape.outChannels, shape.inChannels, 3, 3]);
    const input = cells(x, [shape.inChannels, shape.height, shape.width]);
    storeSums(k, backwardProblem(shape), {
      source: dy,
      scratch,
      target: dx,
      weight: (out, inp, p, q) => weight(inp, out, 2 - p, 2 - q),
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

/**
 * Transforms the weights; then, for each row of tiles, its inputs, multiplies, and transforms the products. Where sizes are odd, the last tiles
 * have products that nothing is made of: these are multiplied like all others, from whatever the scratch memory holds, and never read.
 */
function storeSums(k: KernelBuilder, problem: Problem, ends: Ends): void {
  const { inChannels, outChannels, target } = problem;
  const scratch = scratchPlaces(ends.scratch, problem);
  k.loop('out', 0, outChannels, (out) =>
    k.loop('in', 0, inChannels, (inp) => {
      const weights = rectangle(3, 3, (p, q) => k.let('w', splat(loadScalar(ends.weight(out, inp, p, q)))));
      forEachProduct(transformWeights(k, weights), (value, product) =>
        k.storeScalar(scratch.weight(product, out, inp), lane(value as Vector, 0)),
      );
    }),
  );
  for (const rows of runsOf(target.height, problem.source.height, problem.padTop)) {
    k.loop('row', rows.first, rows.last, (row) => {
      transformRow(k, problem, ends, rows, row);
      multiplyRow(k, problem, scratch);
      finishTiles(k, problem, ends, rows, row);
    });
  }
}

function transformRow(k: KernelBuilder, problem: Problem, ends: Ends, rows: Run, row: Index): void {
  const { inChannels, source, padTop, padLeft, target } = problem;
  const input = cells(ends.source, [inChannels, source.height, source.width]);
  const scratch = scratchPlaces(ends.scratch, problem);
  k.loop('in', 0, inChannels, (inp) => {
    for (const columns of runsOf(target.width, source.width, padLeft)) {
      k.loop('column', columns.first, columns.last, (column) =>
        k.halves(() => {
          const inputs = rectangle(rows.outputs + 2, columns.outputs + 2, (a, b) => {
            if (!rows.inside[a] || !columns.inside[b]) return undefined;
            const y = row.times(TILE_OUTPUTS).plus(a - padTop);
            const x = column.times(TILE_OUTPUTS).plus(b - padLeft);
            return k.let('d', load(input(inp, y, x)));
          });
          forEachProduct(transformInputs(k, inputs), (value, product) =>
            k.store(scratch.input(product, inp, column), value ?? splat(0)),
          );
        }),
      );
    }
  });
}

/** For each of the 16 products, a matrix product: (out, in) · (in, column). */
function multiplyRow(k: KernelBuilder, { inChannels, outChannels, target }: Problem, scratch: ScratchPlaces): void {
  k.loop('product', 0, PRODUCTS, (product) =>
    k.tiles('out', outChannels, CHANNEL_TILE, (first, size) =>
      k.loop('column', 0, tilesIn(target.width), (column) => {
        const sums = Array.from({ length: size }, () => k.variable('sum', splat(0)));
        const addChannel = (inp: Index) => {
          const value = k.let('v', load(scratch.input(product, inp, column)));
          sums.forEach((sum, o) => {
            const factor = k.let('u', splat(loadScalar(scratch.weight(product, first.plus(o), inp))));
            sum.set(add(sum.value, multiply(factor, value)));
          });
        };
        k.tiles('in', inChannels, UNROLLED_CHANNELS, (start, count) => {
          for (let c = 0; c < count; c++) addChannel(start.plus(c));
        });
        sums.forEach((sum, o) => {
          k.store(scratch.product(product, first.plus(o), column), sum.value);
        });
      }),
    ),
  );
}

function finishTiles(k: KernelBuilder, problem: Problem, ends: Ends, rows: Run, row: Index): void {
  const { outChannels, source, padLeft, target } = problem;
  const output = cells(ends.target, [outChannels, target.height, target.width]);
  const scratch = scratchPlaces(ends.scratch, problem);
  k.loop('out', 0, outChannels, (out) => {
    for (const columns of runsOf(target.width, source.width, padLeft)) {
      k.loop('column', columns.first, columns.last, (column) =>
        k.halves(() => {
          const products = rectangle(rows.outputs + 2, columns.outputs + 2, (a, b) =>
            k.let('m', load(scratch.product(new Index(a * TILE + b), out, column))),
          );
          transformProducts(k, products).forEach((line, a) => {
            line.forEach((sum, b) => {
              const cell = [out, row.times(TILE_OUTPUTS).plus(a), column.times(TILE_OUTPUTS).plus(b)] as const;
              k.store(output(...cell), ends.finish(sum as Vector, ...cell));
            });
          });
        }),
      );
    }
  });
}

/** Values by their rows and columns. */
const rectangle = <T>(rows: number, columns: number, value: (row: number, column: number) => T): T[][] =>
  Array.from({ length: rows }, (_, a) => Array.from({ length: columns }, (_, b) => value(a, b)));

function forEachProduct<T>(values: readonly (readonly T[])[], visit: (value: T, product: Index) => void): void {
  values.forEach((line, a) => {
    line.forEach((value, b) => {
      visit(value, new Index(a * TILE + b));
    });
  });
}

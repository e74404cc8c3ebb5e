// The input gradient of a convolution of stride 1 with Winograd's algorithm. It is the transpose of the forward
// algorithm: tiles of output gradients become tiles of 6 × 6 input gradients, which overlap and are added. See
// transforms.ts.
import { add, load, splat } from '../../../language/floats.ts';
import { both, Index, type IndexLike, less, maximum, minimum } from '../../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../../language/kernel-builder.ts';
import { cellsIn, scalars } from '../../../language/operands.ts';
import { type BufferOperand, LANES, type Vector } from '../../../language/value.ts';
import type { Conv2dShape } from '../../../shapes.ts';
import { type Activation, derivativeOperand, identity } from '../../activations/activation.ts';
import { inputCells, outputCells, weights } from '../conv2d-sums.ts';
import type { Axis } from '../taps.ts';
import { productAt } from './matrices.ts';
import {
  bandRowsOf,
  multiplyTiles,
  type Products,
  productsLayout,
  productsOf,
  transformAllWeights,
} from './products.ts';
import { clearBorders, outputTiles, transformBand, transformFloats } from './tiled-planes.ts';
import { forEachBand, kernelSize, type Problem, problemOf, tileAt, tileOutputs, tilesOf } from './tiles.ts';
import { POINTS, pointsToInputs, range, weightsAtPoints } from './transforms.ts';

/** Scratch memory of `conv2dWinogradInputGradient`, in floats. */
export const winogradGradientScratchFloats = (shape: Conv2dShape): number => scratchLayout(problemOf(shape)).floats;

/**
 * ∂E/∂x = Σ w · ∂E/∂y, times the derivative of the activation that made x, as `conv2dInputGradient`, for a shape that
 * `hasWinograd`.
 */
export function conv2dWinogradInputGradient(shape: Conv2dShape, activation: Activation = identity) {
  const problem = problemOf(shape);
  const operands = {
    dy: outputCells(shape),
    w: weights(shape),
    x: derivativeOperand(activation, inputCells(shape)),
    scratch: scalars(winogradGradientScratchFloats(shape)),
    dx: inputCells(shape),
  };
  return kernel('conv2dWinogradInputGradient', operands, (k, { dy, w, x, scratch: { buffer }, dx }) => {
    const layout = scratchLayout(problem);
    const products = productsOf(layout.shape, layout.products, buffer);
    const memory = { buffer, start: 0 };
    const gradients = { planes: layout.planes, source: dy, memory, transform: weightsAtPoints, target: products.input };
    const sums = overlappingSums(problem, layout, buffer);
    const store: Store = (sum, channel, row, column) =>
      k.store(dx(channel, row, column), x ? activation.backward(k, sum, load(x(channel, row, column))) : sum);
    transformAllWeights(k, products, kernelSize(problem), (inp, out, p, q) => w(out, inp, p, q));
    clearBorders(k, layout.planes, memory);
    k.loop('channel', 0, shape.inChannels, (channel) =>
      eachCell(k, [0, shape.kernelHeight - 1], shape.width, (a, column) =>
        k.store(sums.below(channel, a, column), splat(0)),
      ),
    );
    forEachBand(k, problem.rows, layout.bandRows, (band) => {
      transformBand(k, gradients, band);
      multiplyTiles(k, products, band.rows.times(tilesOf(problem.columns)));
      k.loop('in', 0, shape.inChannels, (channel) =>
        k.loop('row', 0, band.rows, (row) => {
          addAlongRow(k, problem, products, sums, channel, row);
          addDownColumns(k, problem, sums, channel, band.first.plus(row), store);
        }),
      );
    });
    storeRowsBelow(k, problem, sums, store);
  });
}

type Store = (sum: Vector, channel: Index, row: Index, column: Index) => void;
type OverlappingSums = ReturnType<typeof overlappingSums>;

function scratchLayout(problem: Problem) {
  const { inChannels, outChannels, rows, columns } = problem;
  const bandRows = bandRowsOf(problem);
  const planes = outputTiles(outChannels, rows, columns);
  const shape = { sources: outChannels, targets: inChannels, tiles: bandRows * tilesOf(columns) };
  const products = productsLayout(transformFloats(planes), shape);
  const edge = products.end + POINTS * reachOf(columns) * LANES;
  const below = edge + tileOutputs(rows) * columns.input * LANES;
  const floats = below + inChannels * (rows.kernel - 1) * columns.input * LANES;
  return { bandRows, planes, shape, products, line: products.end, edge, below, floats };
}

function overlappingSums(
  { inChannels, rows, columns }: Problem,
  layout: ReturnType<typeof scratchLayout>,
  buffer: BufferOperand,
) {
  return {
    /** (point, column): a row of tiles of a channel, added along the rows. */
    line: cellsIn(buffer, [POINTS, reachOf(columns)], layout.line),
    /** (row, column): the rows that a row of tiles completes, if it extends beyond the plane. */
    edge: cellsIn(buffer, [tileOutputs(rows), columns.input], layout.edge),
    /** (channel, row, column): the rows that a row of tiles leaves to the next row of tiles. */
    below: cellsIn(buffer, [inChannels, rows.kernel - 1, columns.input], layout.below),
  };
}

/** The cells that the tiles cover along an axis of the input, including those outside the plane. */
const reachOf = (axis: Axis): number => (tilesOf(axis) - 1) * tileOutputs(axis) + POINTS;

/** Transforms the rows of the tiles of a channel and adds them where tiles overlap. */
function addAlongRow(
  k: KernelBuilder,
  problem: Problem,
  { product }: Products,
  { line }: OverlappingSums,
  channel: Index,
  row: Index,
): void {
  const { columns } = problem;
  const step = tileOutputs(columns);
  const overlap = columns.kernel - 1;
  eachCell(k, [0, POINTS], overlap, (a, column) => k.store(line(a, column), splat(0)));
  k.loop('column', 0, tilesOf(columns), (column) =>
    k.loop('a', 0, POINTS, (a) =>
      k.halves(() => {
        const tile = tileAt(problem, row, column);
        const products = range(POINTS).map((b) => k.let('m', load(product(productAt(a, b), channel, tile))));
        for (const [b, value] of pointsToInputs(k, products).entries()) {
          const place = line(a, column.times(step).plus(b));
          k.store(place, b < overlap ? add(load(place), value) : value);
        }
      }),
    ),
  );
}

/**
 * Transforms the columns of a row of tiles and adds the rows that the row of tiles above has left. Its first rows are
 * then complete, and stored.
 */
function addDownColumns(
  k: KernelBuilder,
  { rows, columns }: Problem,
  { line, edge, below }: OverlappingSums,
  channel: Index,
  row: Index,
  store: Store,
): void {
  const complete = tileOutputs(rows);
  const top = row.times(complete).minus(rows.padding);
  const addColumns = (finish: (sum: Vector, a: number, column: Index) => void) =>
    k.loop('column', 0, columns.input, (column) =>
      k.halves(() => {
        const values = range(POINTS).map((p) => k.let('v', load(line(new Index(p), column.plus(columns.padding)))));
        const left = range(rows.kernel - 1).map((a) => k.let('left', load(below(channel, new Index(a), column))));
        const sums = pointsToInputs(k, values).map((value, a) =>
          k.let('sum', a < left.length ? add(left[a] as Vector, value) : value),
        );
        for (const [a, sum] of sums.entries()) {
          if (a < complete) finish(sum, a, column);
          else k.store(below(channel, new Index(a - complete), column), sum);
        }
      }),
    );
  const inside = () => addColumns((sum, a, column) => store(sum, channel, top.plus(a), column));
  const atEdge = () => {
    addColumns((sum, a, column) => k.store(edge(new Index(a), column), sum));
    const from = k.bind('from', maximum(0, top.times(-1)));
    const to = k.bind('to', minimum(complete, top.times(-1).plus(rows.input)));
    eachCell(k, [from, to], columns.input, (a, column) => store(load(edge(a, column)), channel, top.plus(a), column));
  };
  const staysInside = rows.padding === 0 && tilesOf(rows) * complete <= rows.input;
  if (staysInside) inside();
  else k.if(both(less(-1, top), less(top, rows.input - complete + 1)), inside, atEdge);
}

/** What the last row of tiles has left. */
function storeRowsBelow(
  k: KernelBuilder,
  { inChannels, rows, columns }: Problem,
  { below }: OverlappingSums,
  store: Store,
): void {
  const top = tilesOf(rows) * tileOutputs(rows) - rows.padding;
  const from = Math.max(0, -top);
  const to = Math.min(rows.kernel - 1, rows.input - top);
  if (from >= to) return;
  k.loop('channel', 0, inChannels, (channel) =>
    eachCell(k, [from, to], columns.input, (a, column) =>
      store(load(below(channel, a, column)), channel, a.plus(top), column),
    ),
  );
}

function eachCell(
  k: KernelBuilder,
  [from, to]: readonly [IndexLike, IndexLike],
  columns: number,
  visit: (row: Index, column: Index) => void,
): void {
  k.loop('row', from, to, (row) => k.loop('column', 0, columns, (column) => visit(row, column)));
}

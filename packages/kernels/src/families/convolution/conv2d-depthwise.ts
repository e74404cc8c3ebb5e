// Convolution in groups of one input channel, and its gradients. No other channel shares a cell and its weights, so the direct form loads both
// for each product; here neighbouring columns share them. The bits are those of `conv2d`: the same products are added in the same order.

import { add, load, loadScalar, multiply, scalarAdd, splat, sumLanes } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel, type VectorCell } from '../../language/kernel-builder.ts';
import { cells, scalars } from '../../language/operands.ts';
import { LANES, type Vector } from '../../language/value.ts';
import type { Conv2dShape } from '../../shapes.ts';
import { type Activation, type ForwardOptions, identity } from '../activations/activation.ts';
import { type ColumnTiles, evenParts, forEachTile, inputTiles, outputTiles, type TileVisitor } from './column-tiles.ts';
import { geometry, inputCells, outputCells, storeOutputSums, weights } from './conv2d-sums.ts';
import { type Axis, backwardPhases, backwardTaps, forwardTaps, inGroup, outputRange, type Taps } from './taps.ts';

/** Columns that are summed side by side. GFLOP/s on Zen 5 (64 channels of 16×16, 3×3): 53 with 4, 50 with 3, 49 with 8, which spill. */
const COLUMN_TILE = 4;

/** Wider kernels would take too much code: near the edges every tile has its own. */
const MOST_KERNEL_COLUMNS = 16;

/**
 * Where back ends do not unroll (V8 11.3) and so many output channels of a group share its cells, they are summed side by side instead, as in
 * the direct form. GFLOP/s there (1 → 6, 5×5, 28²): 58, 52 by columns; where they unroll 54 to 62 by columns, 42 to 59 by channels.
 */
const FEWEST_SHARING_CHANNELS = 4;

/** Whether the kernels of this file can compute a convolution. */
export const isDepthwise = ({ inChannels, groups, kernelWidth }: Conv2dShape): boolean =>
  groups === inChannels && kernelWidth <= MOST_KERNEL_COLUMNS;

/**
 * y = f(bias + Σ w · x), as `conv2d`, of a shape that `isDepthwise`.
 *
 * Arguments: x cells, w OIHW, bias (if there is one), y cells.
 */
export function conv2dDepthwise(shape: Conv2dShape, { activation = identity, useBias = true }: ForwardOptions = {}) {
  const { rows, columns, groupOutputs } = geometry(shape);
  const tiles = outputTiles(columns, COLUMN_TILE);
  const operands = {
    x: inputCells(shape),
    w: weights(shape),
    bias: useBias ? scalars(shape.outChannels) : undefined,
    y: outputCells(shape),
  };
  return kernel('conv2dDepthwise', operands, (k, { x, w, bias, y }) => {
    const startOf = (channel: Index) => splat(bias ? loadScalar(bias(channel)) : 0);
    const storeRow = (group: Index, channel: Index, i: Index) => {
      const vertical = forwardTaps(k, rows, i);
      forEachRegisterTile(k, tiles, (tile, first, source) => {
        const start = k.let('start', startOf(channel));
        const sums = sumsFrom(k, tile.columns, start);
        addTaps(k, vertical, tile, sums, {
          weight: (p, q) => splat(loadScalar(w(channel, 0, p, q))),
          value: (row, column) => load(x(group, row, source.plus(column))),
        });
        for (const [j, sum] of sums.entries()) {
          k.store(y(channel, i, first.plus(j)), activation.forward(k, sum.value));
        }
      });
    };
    const byColumns = () =>
      k.loop('group', 0, shape.groups, (group) =>
        k.loop('out', 0, groupOutputs, (out) =>
          k.loop('i', 0, rows.output, (i) => storeRow(group, inGroup(group, groupOutputs, out), i)),
        ),
      );
    const byChannels = () =>
      storeOutputSums(
        k,
        shape,
        { x, w, y },
        {
          start: startOf,
          finish: (sum) => activation.forward(k, sum),
        },
      );
    if (groupOutputs < FEWEST_SHARING_CHANNELS) byColumns();
    else k.either(byColumns, byChannels);
  });
}

/**
 * ∂E/∂x = Σ w · ∂E/∂y over the windows that contain x, then through the activation that made x, as `conv2dInputGradient`, of a shape that
 * `isDepthwise`.
 *
 * Arguments: dy cells as y, w OIHW, x cells (for the activation alone), dx cells as x.
 */
export function conv2dDepthwiseInputGradient(shape: Conv2dShape, activation: Activation = identity) {
  const { rows, columns, groupOutputs } = geometry(shape);
  const tiles = inputTiles(columns, COLUMN_TILE);
  const operands = { dy: outputCells(shape), w: weights(shape), x: inputCells(shape), dx: inputCells(shape) };
  return kernel('conv2dDepthwiseInputGradient', operands, (k, { dy, w, x, dx }) => {
    const storeRow = (group: Index, row: Index, vertical: Taps) =>
      forEachRegisterTile(k, tiles, (tile, first, source) => {
        const sums = sumsFrom(k, tile.columns, splat(0));
        k.loop('out', 0, groupOutputs, (out) => {
          const channel = inGroup(group, groupOutputs, out);
          addTaps(k, vertical, tile, sums, {
            weight: (p, q) => splat(loadScalar(w(channel, 0, p, q))),
            value: (row, column) => load(dy(channel, row, source.plus(column))),
          });
        });
        for (const [j, sum] of sums.entries()) {
          const cell = [group, row, first.plus(j)] as const;
          k.store(dx(...cell), activation.backward(k, sum.value, load(x(...cell))));
        }
      });
    k.loop('group', 0, shape.groups, (group) => {
      for (const phase of backwardPhases(rows)) {
        k.loop('i', 0, phase.cells, (i) =>
          storeRow(group, i.times(rows.stride).plus(phase.phase), backwardTaps(k, rows, phase, i)),
        );
      }
    });
  });
}

/** The sums of a tile stay in registers. Where back ends do not unroll (V8 11.3), they do so for one half of the lanes at a time. */
function forEachRegisterTile(k: KernelBuilder, tiles: readonly ColumnTiles[], visit: TileVisitor): void {
  forEachTile(k, tiles, (...place) => {
    const write = () => visit(...place);
    k.either(write, () => k.halves(write));
  });
}

const sumsFrom = (k: KernelBuilder, count: number, start: Vector): readonly VectorCell[] =>
  Array.from({ length: count }, () => k.variable('sum', start));

/** Adds the products of all kernel cells that meet a tile, row by row, to the sums of its columns. */
function addTaps(
  k: KernelBuilder,
  rows: Taps,
  { meetings }: ColumnTiles,
  sums: readonly VectorCell[],
  factors: { weight(p: Index, q: number): Vector; value(row: Index, column: number): Vector },
): void {
  k.loop('tap', rows.from, rows.to, (tap) => {
    const weight = namedOnce(k, 'w', (q) => factors.weight(rows.kernel(tap), q));
    const value = namedOnce(k, 'x', (column) => factors.value(rows.source(tap), column));
    for (const { column, kernel, source } of meetings) addProduct(sums[column], weight(kernel), value(source));
  });
}

const addProduct = (sum: VectorCell | undefined, a: Vector, b: Vector) => sum?.set(add(sum.value, multiply(a, b)));

/** Numbered vectors, each computed where it is first asked for. */
function namedOnce(k: KernelBuilder, name: string, compute: (number: number) => Vector): (number: number) => Vector {
  const known = new Map<number, Vector>();
  return (number) => {
    const vector = known.get(number) ?? k.let(name, compute(number));
    known.set(number, vector);
    return vector;
  };
}

/**
 * Weights of a kernel row that are summed side by side. Of at most 3 the sums of both halves of the lanes stay in registers, with what they are
 * made of. GFLOP/s on Zen 5 (16 channels of 28×28, 5×5): 64 with 5, in halves, 59 with 3, 34 with 5 and no halves; 3×3: 60, in halves 57.
 */
const WEIGHT_TILE = 5;
const WHOLE_WEIGHT_TILE = 3;
/**
 * Where back ends do not unroll (V8 11.3), one half of the lanes a pass. GFLOP/s (64 channels of 16×16, 3×3, stride 2): 35 with tiles of 2
 * columns, 28 with 4, 22 with 4 and both halves in one pass.
 */
const LOOPED_COLUMN_TILE = 2;

/** Sums of lanes wait in memory, as in `conv2dWeightGradient`. */
export const DEPTHWISE_SCRATCH_FLOATS = WEIGHT_TILE * LANES;

/**
 * ∂E/∂w = Σ x · ∂E/∂y over samples and pixels, as `conv2dWeightGradient`, of a shape that `isDepthwise`.
 *
 * Arguments: x cells, dy cells, scratch (`DEPTHWISE_SCRATCH_FLOATS`), dw OIHW (added to when `accumulate`, else overwritten).
 */
export function conv2dDepthwiseWeightGradient(shape: Conv2dShape, accumulate = false) {
  const { rows, columns, groupOutputs } = geometry(shape);
  const operands = {
    x: inputCells(shape),
    dy: outputCells(shape),
    scratch: cells(WEIGHT_TILE),
    dw: weights(shape),
  };
  return kernel('conv2dDepthwiseWeightGradient', operands, (k, { x, dy, scratch, dw }) => {
    const storeWeights = (group: Index, channel: Index, p: Index, first: number, size: number) => {
      const part: Axis = { ...columns, kernel: size, padding: columns.padding - first * columns.dilation };
      const { from, to } = outputRange(k, rows, p);
      const sums = sumsFrom(k, size, splat(0));
      const addPlane = (largest: number, inHalves: boolean) => {
        const tiles = outputTiles(part, largest);
        k.loop('i', from, to, (i) => {
          const row = i.times(rows.stride).minus(rows.padding).plus(p.times(rows.dilation));
          forEachTile(k, tiles, ({ meetings }, firstColumn, firstSource) => {
            const addTile = () => {
              const gradient = namedOnce(k, 'dy', (j) => load(dy(channel, i, firstColumn.plus(j))));
              const value = namedOnce(k, 'x', (j) => load(x(group, row, firstSource.plus(j))));
              for (const { column, kernel, source } of meetings) {
                addProduct(sums[kernel], gradient(column), value(source));
              }
            };
            if (inHalves) k.halves(addTile);
            else addTile();
          });
        });
      };
      k.either(
        () => addPlane(COLUMN_TILE, size > WHOLE_WEIGHT_TILE),
        () => k.halves(() => addPlane(LOOPED_COLUMN_TILE, false)),
      );
      for (const [q, sum] of sums.entries()) k.store(scratch(q), sum.value);
      for (const q of sums.keys()) {
        const place = dw(channel, 0, p, first + q);
        const total = sumLanes(load(scratch(q)));
        k.storeScalar(place, accumulate ? scalarAdd(loadScalar(place), total) : total);
      }
    };
    k.loop('group', 0, shape.groups, (group) =>
      k.loop('out', 0, groupOutputs, (out) =>
        k.loop('p', 0, rows.kernel, (p) => {
          for (const { first, size } of evenParts(columns.kernel, WEIGHT_TILE)) {
            storeWeights(group, inGroup(group, groupOutputs, out), p, first, size);
          }
        }),
      ),
    );
  });
}

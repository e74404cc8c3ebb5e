// Convolution with one input channel per group, and its gradients. No two output channels share both a cell and a
// weight, so the direct algorithm loads both for each product; here neighboring columns share them. The bits are the
// same as those of `conv2d`, because the same products are added in the same order.
import { add, load, loadScalar, multiply, splat } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel, type VectorCell } from '../../language/kernel-builder.ts';
import { cells, scalars } from '../../language/operands.ts';
import { LANES, type Vector } from '../../language/value.ts';
import type { Conv2dShape } from '../../shapes.ts';
import { type Activation, derivativeOperand, type ForwardOptions, identity } from '../activations/activation.ts';
import { accumulateLanes } from '../math/accumulate.ts';
import { type ColumnTiles, evenParts, forEachTile, inputTiles, outputTiles, type TileVisitor } from './column-tiles.ts';
import { geometry, inputCells, outputCells, storeOutputSums, weights } from './conv2d-sums.ts';
import { forEachPhasedCell, stridePhases } from './input-taps.ts';
import { type Axis, forwardTaps, inGroup, outputRange, type Taps } from './taps.ts';

/**
 * Columns that are summed side by side. GFLOP/s on Zen 5 (64 channels of 16×16, 3×3): 53 with 4, 50 with 3, 49 with 8,
 * which spills.
 */
const COLUMN_TILE = 4;

/** Wider kernels would need too much code, because each tile near an edge has code of its own. */
const MAX_KERNEL_COLUMNS = 16;

/**
 * Where back ends do not unroll (V8 11.3) and a group has at least this many output channels, channels are summed side
 * by side instead of columns, as in the direct algorithm. GFLOP/s there (1 → 6 channels, 5×5, 28²): 58 by channels, 52
 * by columns; where they unroll, 42 to 59 by channels, 54 to 62 by columns.
 */
const MIN_SHARING_CHANNELS = 4;

/** With larger strides, tiles of the input, which have at least as many columns, would need too much code. */
const MAX_STRIDE = 16;

/** Whether the kernels of this file can compute a convolution. */
export const isDepthwise = ({ inChannels, groups, kernelWidth, strideY, strideX }: Conv2dShape): boolean =>
  groups === inChannels && kernelWidth <= MAX_KERNEL_COLUMNS && Math.max(strideY, strideX) <= MAX_STRIDE;

/** y = f(bias + Σ w · x), as `conv2d`, for a shape that `isDepthwise`. */
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
    if (groupOutputs < MIN_SHARING_CHANNELS) byColumns();
    else k.either(byColumns, byChannels);
  });
}

/**
 * ∂E/∂x = Σ w · ∂E/∂y over the windows that contain x, times the derivative of the activation that made x, as
 * `conv2dInputGradient`, for a shape that `isDepthwise`.
 */
export function conv2dDepthwiseInputGradient(shape: Conv2dShape, activation: Activation = identity) {
  const { rows, columns, groupOutputs } = geometry(shape);
  const tiles = inputTiles(columns, COLUMN_TILE);
  const x = derivativeOperand(activation, inputCells(shape));
  const operands = { dy: outputCells(shape), w: weights(shape), x, dx: inputCells(shape) };
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
          k.store(dx(...cell), x ? activation.backward(k, sum.value, load(x(...cell))) : sum.value);
        }
      });
    k.loop('group', 0, shape.groups, (group) => {
      forEachPhasedCell(k, rows, stridePhases(rows), (row, taps) => storeRow(group, row, taps()));
    });
  });
}

/**
 * Visits tiles whose sums stay in registers; where back ends do not unroll (V8 11.3), for one half of the lanes at a
 * time.
 */
function forEachRegisterTile(k: KernelBuilder, tiles: readonly ColumnTiles[], visit: TileVisitor): void {
  forEachTile(k, tiles, (...place) => {
    const write = () => visit(...place);
    k.either(write, () => k.halves(write));
  });
}

const sumsFrom = (k: KernelBuilder, count: number, start: Vector): readonly VectorCell[] =>
  Array.from({ length: count }, () => k.variable('sum', start));

/** Adds the products of all taps of a tile, row by row, to the sums of its columns. */
function addTaps(
  k: KernelBuilder,
  rows: Taps,
  { taps }: ColumnTiles,
  sums: readonly VectorCell[],
  factors: { weight(p: Index, q: number): Vector; value(row: Index, column: number): Vector },
): void {
  k.loop('tap', rows.from, rows.to, (tap) => {
    const weight = namedOnce(k, 'w', (q) => factors.weight(rows.kernel(tap), q));
    const value = namedOnce(k, 'x', (column) => factors.value(rows.source(tap), column));
    for (const { column, kernel, source } of taps) addProduct(sums[column], weight(kernel), value(source));
  });
}

const addProduct = (sum: VectorCell | undefined, a: Vector, b: Vector) => sum?.set(add(sum.value, multiply(a, b)));

/** Numbered vectors. Each is computed where it is first used. */
function namedOnce(k: KernelBuilder, name: string, compute: (number: number) => Vector): (number: number) => Vector {
  const known = new Map<number, Vector>();
  return (number) => {
    const vector = known.get(number) ?? k.let(name, compute(number));
    known.set(number, vector);
    return vector;
  };
}

/**
 * Weights of a kernel row that are summed side by side. Up to 3, the sums of both halves of the lanes and their
 * operands fit in registers. GFLOP/s on Zen 5 (16 channels of 28×28, 5×5): 64 with 5 weights in halves, 59 with 3, 34
 * with 5 and no halves; 3×3: 60 with 3, 57 in halves.
 */
const WEIGHT_TILE = 5;
const WHOLE_WEIGHT_TILE = 3;
/**
 * Where back ends do not unroll (V8 11.3), each pass computes one half of the lanes. GFLOP/s (64 channels of 16×16,
 * 3×3, stride 2): 35 with tiles of 2 columns, 28 with 4, 22 with 4 and both halves in one pass.
 */
const LOOPED_COLUMN_TILE = 2;

/** The sums pass through memory, as in `conv2dWeightGradient`. */
export const DEPTHWISE_SCRATCH_FLOATS = WEIGHT_TILE * LANES;

/** ∂E/∂w = Σ x · ∂E/∂y over samples and pixels, as `conv2dWeightGradient`, for a shape that `isDepthwise`. */
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
          forEachTile(k, tiles, ({ taps }, firstColumn, firstSource) => {
            const addTile = () => {
              const gradient = namedOnce(k, 'dy', (j) => load(dy(channel, i, firstColumn.plus(j))));
              const value = namedOnce(k, 'x', (j) => load(x(group, row, firstSource.plus(j))));
              for (const { column, kernel, source } of taps) {
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
        accumulateLanes(k, dw(channel, 0, p, first + q), load(scratch(q)), accumulate);
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

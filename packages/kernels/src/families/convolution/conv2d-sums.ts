// The two loop nests of direct convolution. One visits the cells of the output: convolution, and the input gradient of
// a transposed convolution. The other visits the cells of the input: the input gradient, and transposed convolution.
// The kernels differ in the start of a sum and in what they store of it.
import { add, load, loadScalar, multiply, splat } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import { type Accessor, cells, scalars } from '../../language/operands.ts';
import type { Vector } from '../../language/value.ts';
import { type Conv2dShape, outputHeight, outputWidth } from '../../shapes.ts';
import { forEachPhasedCell, forEachUnphasedCell, type InputCellVisitor, stridePhases } from './input-taps.ts';
import { type Axis, forEachTap, forwardTaps, inGroup, type Taps } from './taps.ts';

/** Channels that are summed side by side: 4 × 2 registers hold the sums, and a loaded cell serves 4 channels. */
const CHANNEL_TILE = 4;

/** A cell: channel, row, column. */
type Cell = readonly [channel: Index, row: Index, column: Index];

/** The start of the sum of a cell, and the value that is stored. */
export interface SumEnds {
  start(channel: Index): Vector;
  finish(sum: Vector, cell: Cell): Vector;
}

/** The input, weights and output of a convolution. */
interface ConvolutionAccessors {
  readonly x: Accessor<[number, number, number]>;
  readonly w: Accessor<[number, number, number, number]>;
  readonly y: Accessor<[number, number, number]>;
}

/** y = Σ w · x for every cell of the output. The order of a sum is input channel, kernel row, kernel column. */
export function storeOutputSums(
  k: KernelBuilder,
  shape: Conv2dShape,
  { x, w, y }: ConvolutionAccessors,
  { start, finish }: SumEnds,
): void {
  const { rows, columns, groupInputs, groupOutputs } = geometry(shape);
  const outputCell = (group: Index, first: Index, size: number, i: Index, j: Index) => {
    const channel = inGroup(group, groupOutputs, first);
    const vertical = forwardTaps(k, rows, i);
    const horizontal = forwardTaps(k, columns, j);
    const sums = Array.from({ length: size }, (_, o) => k.variable('sum', start(channel.plus(o))));
    forEachTap(k, groupInputs, vertical, horizontal, (c, p, q) => {
      const place = x(inGroup(group, groupInputs, c), vertical.source(p), horizontal.source(q));
      const value = k.let('x', load(place));
      sums.forEach((sum, o) => {
        const factor = k.let('w', splat(loadScalar(w(channel.plus(o), c, vertical.kernel(p), horizontal.kernel(q)))));
        sum.set(add(sum.value, multiply(factor, value)));
      });
    });
    sums.forEach((sum, o) => {
      const cell = [channel.plus(o), i, j] as const;
      k.store(y(...cell), finish(sum.value, cell));
    });
  };
  k.loop('group', 0, shape.groups, (group) =>
    k.tiles('channel', groupOutputs, CHANNEL_TILE, (first, size) =>
      k.loop('i', 0, rows.output, (i) => k.loop('j', 0, columns.output, (j) => outputCell(group, first, size, i, j))),
    ),
  );
}

/**
 * x = Σ w · y for every cell of the input, over the windows that contain it. The order of a sum is output channel,
 * kernel row, kernel column (those of the stride phase of the cell).
 */
export function storeInputSums(
  k: KernelBuilder,
  shape: Conv2dShape,
  { x, w, y }: ConvolutionAccessors,
  { start, finish }: SumEnds,
): void {
  const { rows, columns, groupInputs, groupOutputs } = geometry(shape);
  const inputCell = (group: Index, first: Index, size: number, at: InputCell) => {
    const channel = inGroup(group, groupInputs, first);
    const vertical = at.vertical();
    const horizontal = at.horizontal();
    const sums = Array.from({ length: size }, (_, c) => k.variable('sum', start(channel.plus(c))));
    forEachTap(k, groupOutputs, vertical, horizontal, (o, p, q) => {
      const out = inGroup(group, groupOutputs, o);
      const value = k.let('y', load(y(out, vertical.source(p), horizontal.source(q))));
      sums.forEach((sum, c) => {
        const factor = k.let('w', splat(loadScalar(w(out, first.plus(c), vertical.kernel(p), horizontal.kernel(q)))));
        sum.set(add(sum.value, multiply(factor, value)));
      });
    });
    sums.forEach((sum, c) => {
      const cell = [channel.plus(c), at.row, at.column] as const;
      k.store(x(...cell), finish(sum.value, cell));
    });
  };
  k.loop('group', 0, shape.groups, (group) =>
    k.tiles('channel', groupInputs, CHANNEL_TILE, (first, size) =>
      forEachInputCell(k, rows, columns, (at) => inputCell(group, first, size, at)),
    ),
  );
}

/** A cell of the input plane, and its taps. */
interface InputCell {
  readonly row: Index;
  readonly column: Index;
  readonly vertical: () => Taps;
  readonly horizontal: () => Taps;
}

/** With more pairs of phases, the code of a kernel would grow to megabytes: strides of more than 32 both ways. */
const MAX_PHASES = 32 * 32;

function forEachInputCell(k: KernelBuilder, rows: Axis, columns: Axis, body: (at: InputCell) => void): void {
  const phases = { rows: stridePhases(rows), columns: stridePhases(columns) };
  const isPhased = phases.rows.length * phases.columns.length <= MAX_PHASES;
  const alongRows = (visit: InputCellVisitor) =>
    isPhased ? forEachPhasedCell(k, rows, phases.rows, visit) : forEachUnphasedCell(k, rows, visit);
  const alongColumns = (visit: InputCellVisitor) =>
    isPhased ? forEachPhasedCell(k, columns, phases.columns, visit) : forEachUnphasedCell(k, columns, visit);
  alongRows((row, vertical) => alongColumns((column, horizontal) => body({ row, column, vertical, horizontal })));
}

/** The two axes of a convolution, and the channels of one group. */
export function geometry(shape: Conv2dShape) {
  const rows: Axis = {
    input: shape.height,
    kernel: shape.kernelHeight,
    output: outputHeight(shape),
    stride: shape.strideY,
    padding: shape.padTop,
    dilation: shape.dilationY,
  };
  const columns: Axis = {
    input: shape.width,
    kernel: shape.kernelWidth,
    output: outputWidth(shape),
    stride: shape.strideX,
    padding: shape.padLeft,
    dilation: shape.dilationX,
  };
  return {
    rows,
    columns,
    groupInputs: shape.inChannels / shape.groups,
    groupOutputs: shape.outChannels / shape.groups,
  };
}

/** (inChannels, height, width) */
export const inputCells = (shape: Conv2dShape) => cells(shape.inChannels, shape.height, shape.width);

/** (outChannels, outputHeight, outputWidth) */
export const outputCells = (shape: Conv2dShape) => cells(shape.outChannels, outputHeight(shape), outputWidth(shape));

/** (outChannels, inChannels / groups, kernelHeight, kernelWidth) */
export const weights = (shape: Conv2dShape) =>
  scalars(shape.outChannels, shape.inChannels / shape.groups, shape.kernelHeight, shape.kernelWidth);

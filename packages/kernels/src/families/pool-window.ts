// What max and average pooling share: the walk over the windows, and the way of a gradient back through them.
import type { Index } from '../language/index-expression.ts';
import { cells, type KernelBuilder } from '../language/kernel-builder.ts';
import { type Access, add, type Buffer, load, splat, type Vector } from '../language/value.ts';
import { outputHeight, outputWidth, type Pool2dShape } from '../shapes.ts';
import { type Activation, identity } from './activation.ts';
import { type Axis, forEachTap, forwardTaps, type Taps } from './taps.ts';

/** One window, and so one output cell, of a pooling. */
export interface PoolWindow {
  readonly channel: Index;
  readonly row: Index;
  readonly column: Index;
  readonly vertical: Taps;
  readonly horizontal: Taps;
}

export const pooledCells = (shape: Pool2dShape, buffer: Buffer) =>
  cells(buffer, [shape.channels, outputHeight(shape), outputWidth(shape)]);

export const unpooledCells = (shape: Pool2dShape, buffer: Buffer) =>
  cells(buffer, [shape.channels, shape.height, shape.width]);

/** Runs `body` for every window in row-major order, channel by channel. */
export function forEachWindow(k: KernelBuilder, shape: Pool2dShape, body: (window: PoolWindow) => void): void {
  const { rows, columns } = axes(shape);
  k.loop('channel', 0, shape.channels, (channel) =>
    k.loop('i', 0, rows.output, (row) =>
      k.loop('j', 0, columns.output, (column) => {
        const vertical = forwardTaps(k, rows, row);
        const horizontal = forwardTaps(k, columns, column);
        body({ channel, row, column, vertical, horizontal });
      }),
    ),
  );
}

/** Runs `visit` for the cells of a window in row-major order, without those in the padding. */
export function forEachCell(
  k: KernelBuilder,
  { vertical, horizontal }: PoolWindow,
  visit: (row: Index, column: Index) => void,
): void {
  forEachTap(k, 1, vertical, horizontal, (_, p, q) => visit(vertical.source(p), horizontal.source(q)));
}

/**
 * Writes ∂E/∂x: each window hands every cell x under it the vector `share(x)`, where `share` is what `open` makes for the
 * window. A cell under several windows sums its shares in the windows' order. Then through the activation that made x.
 */
export function storeInputGradient(
  k: KernelBuilder,
  shape: Pool2dShape,
  activation: Activation,
  buffers: { readonly x: Buffer; readonly dx: Buffer },
  open: (window: PoolWindow) => (x: Access) => Vector,
): void {
  const { rows, columns } = axes(shape);
  const input = unpooledCells(shape, buffers.x);
  const inputGradient = unpooledCells(shape, buffers.dx);
  const area = shape.channels * shape.height * shape.width;
  const allCells = cells(buffers.dx, [area]);
  const overlapping = [rows, columns].some((axis) => axis.stride < axis.kernel);
  if (overlapping || ![rows, columns].every(isCovered)) {
    k.loop('cell', 0, area, (cell) => k.store(allCells(cell), splat(0)));
  }
  forEachWindow(k, shape, (window) => {
    const share = open(window);
    forEachCell(k, window, (row, column) => {
      const x = input(window.channel, row, column);
      const dx = inputGradient(window.channel, row, column);
      k.store(dx, overlapping ? add(load(dx), share(x)) : activation.backward(k, share(x), load(x)));
    });
  });
  if (overlapping && activation !== identity) {
    const allInputs = cells(buffers.x, [area]);
    k.loop('cell', 0, area, (cell) =>
      k.store(allCells(cell), activation.backward(k, load(allCells(cell)), load(allInputs(cell)))),
    );
  }
}

/** Whether the windows leave no cell of the axis out. */
const isCovered = ({ input, kernel, output, stride, padding }: Axis): boolean =>
  stride <= kernel && (output - 1) * stride + kernel - padding >= input;

function axes(shape: Pool2dShape): { readonly rows: Axis; readonly columns: Axis } {
  return {
    rows: {
      input: shape.height,
      kernel: shape.kernelHeight,
      output: outputHeight(shape),
      stride: shape.strideY,
      padding: shape.padTop,
      dilation: 1,
    },
    columns: {
      input: shape.width,
      kernel: shape.kernelWidth,
      output: outputWidth(shape),
      stride: shape.strideX,
      padding: shape.padLeft,
      dilation: 1,
    },
  };
}

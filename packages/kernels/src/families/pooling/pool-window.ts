// What poolings share: the walk over the windows, and the way of a gradient back through them.

import { add, load, splat } from '../../language/floats.ts';
import { Index } from '../../language/index-expression.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import { type Accessor, cells, cellsIn } from '../../language/operands.ts';
import type { Vector } from '../../language/value.ts';
import { outputHeight, outputWidth, type Pool2dShape } from '../../shapes.ts';
import { type Activation, identity } from '../activations/activation.ts';
import { forEachTap, forwardTaps, type Taps } from '../convolution/taps.ts';

/** Which cells lie under which window, along one axis. */
export interface PoolAxis {
  readonly input: number;
  readonly output: number;
  /** The cells under window `o`, those in the padding too. */
  cellsUnder(o: number): readonly number[];
  taps(k: KernelBuilder, o: Index): Taps;
}

/** The windows of a pooling. */
export interface PoolWindows {
  readonly channels: number;
  readonly rows: PoolAxis;
  readonly columns: PoolAxis;
}

/** One window, and so one output cell, of a pooling. */
export interface PoolWindow {
  readonly channel: Index;
  readonly row: Index;
  readonly column: Index;
  readonly vertical: Taps;
  readonly horizontal: Taps;
}

/** Windows of one size at even distances. */
export function slidingWindows(shape: Pool2dShape): PoolWindows {
  const { dilationY = 1, dilationX = 1 } = shape;
  return {
    channels: shape.channels,
    rows: slidingAxis(shape.height, shape.kernelHeight, outputHeight(shape), shape.strideY, shape.padTop, dilationY),
    columns: slidingAxis(shape.width, shape.kernelWidth, outputWidth(shape), shape.strideX, shape.padLeft, dilationX),
  };
}

function slidingAxis(
  input: number,
  kernel: number,
  output: number,
  stride: number,
  padding: number,
  dilation: number,
): PoolAxis {
  const axis = { input, kernel, output, stride, padding, dilation };
  return {
    input,
    output,
    cellsUnder: (o) => Array.from({ length: kernel }, (_, j) => o * stride - padding + j * dilation),
    taps: (k, o) => forwardTaps(k, axis, o),
  };
}

export const pooledCells = ({ channels, rows, columns }: PoolWindows) => cells(channels, rows.output, columns.output);

export const unpooledCells = ({ channels, rows, columns }: PoolWindows) => cells(channels, rows.input, columns.input);

/** Names the cells of planes. */
export type PlaneCells = Accessor<[number, number, number]>;

/** Runs `body` for every window in row-major order, channel by channel. */
export function forEachWindow(
  k: KernelBuilder,
  { channels, rows, columns }: PoolWindows,
  body: (window: PoolWindow) => void,
): void {
  k.loop('channel', 0, channels, (channel) =>
    k.loop('i', 0, rows.output, (row) =>
      k.loop('j', 0, columns.output, (column) => {
        const vertical = rows.taps(k, row);
        const horizontal = columns.taps(k, column);
        body({ channel, row, column, vertical, horizontal });
      }),
    ),
  );
}

/** Runs `visit` for the cells of a window in row-major order, without those in the padding. `number` is that of the cell among all of the window. */
export function forEachCell(
  k: KernelBuilder,
  window: PoolWindow,
  visit: (row: Index, column: Index, number: Index) => void,
): void {
  const { vertical, horizontal } = window;
  forEachTap(k, 1, vertical, horizontal, (_, p, q) =>
    visit(vertical.source(p), horizontal.source(q), numberOf(window, p, q)),
  );
}

/** Up to here a window is written cell by cell, so that its first one is known. */
const FEW_CELLS = 9;

/** The rows and columns of the cells of a window, in row-major order, if they are few and none is ever in the padding. */
export function fewCells({ vertical, horizontal }: PoolWindow): readonly (readonly [Index, Index])[] | undefined {
  if (vertical.count * horizontal.count > FEW_CELLS) return undefined;
  if (!vertical.alwaysInside || !horizontal.alwaysInside) return undefined;
  const sources = ({ count, source }: Taps) => Array.from({ length: count }, (_, j) => source(new Index(j)));
  return sources(vertical).flatMap((row) => sources(horizontal).map((column) => [row, column] as const));
}

/** The number of a cell of the window, in row-major order, those in the padding counted. */
export const numberOf = ({ horizontal }: PoolWindow, p: Index, q: Index): Index => p.times(horizontal.count).plus(q);

/**
 * Writes ∂E/∂x: each window hands every cell under it the vector `share(number)`, where `share` is what `open` makes for the window, and `number`
 * that of the cell. A cell under several windows sums its shares in the windows' order. Then through the activation that made x.
 */
export function storeInputGradient(
  k: KernelBuilder,
  windows: PoolWindows,
  activation: Activation,
  { x, dx }: { readonly x: PlaneCells; readonly dx: PlaneCells },
  open: (window: PoolWindow) => (number: Index) => Vector,
): void {
  const area = windows.channels * windows.rows.input * windows.columns.input;
  const allCells = cellsIn(dx.buffer, [area]);
  const overlapping = windowsOverlap(windows);
  if (overlapping || windowsOver(windows).includes(0)) {
    k.loop('cell', 0, area, (cell) => k.store(allCells(cell), splat(0)));
  }
  forEachWindow(k, windows, (window) => {
    const share = open(window);
    forEachCell(k, window, (row, column, number) => {
      const cell = [window.channel, row, column] as const;
      const place = dx(...cell);
      const value = load(x(...cell));
      k.store(place, overlapping ? add(load(place), share(number)) : activation.backward(k, share(number), value));
    });
  });
  if (overlapping && activation !== identity) {
    const allInputs = cellsIn(x.buffer, [area]);
    k.loop('cell', 0, area, (cell) =>
      k.store(allCells(cell), activation.backward(k, load(allCells(cell)), load(allInputs(cell)))),
    );
  }
}

/** Whether some cell lies under several windows. */
export const windowsOverlap = (windows: PoolWindows): boolean => windowsOver(windows).some((count) => count > 1);

/** How many windows each row lies under, and each column. */
const windowsOver = ({ rows, columns }: PoolWindows) => [...windowCounts(rows), ...windowCounts(columns)];

/** How many windows each cell of the axis lies under. */
function windowCounts({ input, output, cellsUnder }: PoolAxis): readonly number[] {
  const counts = new Array<number>(input).fill(0);
  for (let o = 0; o < output; o++) {
    for (const cell of cellsUnder(o)) if (cell >= 0 && cell < input) counts[cell] = (counts[cell] as number) + 1;
  }
  return counts;
}

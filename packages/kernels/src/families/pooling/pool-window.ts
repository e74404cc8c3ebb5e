// The windows of poolings: visiting them and their cells, and passing gradients back through them.
import { add, load, splat } from '../../language/floats.ts';
import { Index } from '../../language/index-expression.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import { type Accessor, cells, cellsIn } from '../../language/operands.ts';
import type { Vector } from '../../language/value.ts';
import { outputHeight, outputWidth, type Pool2dShape } from '../../shapes.ts';
import type { Activation } from '../activations/activation.ts';
import { forEachTap, forwardTaps, type Taps } from '../convolution/taps.ts';

/** Which cells belong to which window, along one axis. */
export interface PoolAxis {
  readonly input: number;
  readonly output: number;
  /** The cells of window `o`, including those in the padding: first, first + step, … */
  cellsUnder(o: number): { readonly first: number; readonly count: number };
  /** The distance between neighboring cells of a window. */
  readonly step: number;
  taps(k: KernelBuilder, o: Index): Taps;
}

/** The windows of a pooling. */
export interface PoolWindows {
  readonly channels: number;
  readonly rows: PoolAxis;
  readonly columns: PoolAxis;
}

/** A window of a pooling, which corresponds to an output cell. */
export interface PoolWindow {
  readonly channel: Index;
  readonly row: Index;
  readonly column: Index;
  readonly vertical: Taps;
  readonly horizontal: Taps;
}

/** Windows of equal size at regular distances. */
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
    cellsUnder: (o) => ({ first: o * stride - padding, count: kernel }),
    step: dilation,
    taps: (k, o) => forwardTaps(k, axis, o),
  };
}

export const pooledCells = ({ channels, rows, columns }: PoolWindows) => cells(channels, rows.output, columns.output);

export const unpooledCells = ({ channels, rows, columns }: PoolWindows) => cells(channels, rows.input, columns.input);

/** The cells of planes: (channel, row, column). */
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

/**
 * Visits the cells of a window in row-major order, except those in the padding. `index` counts all cells of the window.
 */
export function forEachCell(
  k: KernelBuilder,
  window: PoolWindow,
  visit: (row: Index, column: Index, index: Index) => void,
): void {
  const { vertical, horizontal } = window;
  forEachTap(k, 1, vertical, horizontal, (_, p, q) =>
    visit(vertical.source(p), horizontal.source(q), indexOf(window, p, q)),
  );
}

/** Windows of at most this many cells are written cell by cell, so that the first cell can start a maximum. */
const FEW_CELLS = 9;

/** The rows and columns of the cells of a window, in row-major order, if they are few and never in the padding. */
export function fewCells({ vertical, horizontal }: PoolWindow): readonly (readonly [Index, Index])[] | undefined {
  if (vertical.count * horizontal.count > FEW_CELLS) return undefined;
  if (!vertical.alwaysInside || !horizontal.alwaysInside) return undefined;
  const sources = ({ count, source }: Taps) => Array.from({ length: count }, (_, j) => source(new Index(j)));
  return sources(vertical).flatMap((row) => sources(horizontal).map((column) => [row, column] as const));
}

/** The index of a cell of the window in row-major order, where cells in the padding count. */
export const indexOf = ({ horizontal }: PoolWindow, p: Index, q: Index): Index => p.times(horizontal.count).plus(q);

/**
 * Stores ∂E/∂x, times the derivative of the activation that made x. Each window gives the vector `share(index)` to each
 * of its cells, where `index` is the index of the cell in the window and `open` makes `share` for the window. A cell of
 * several windows sums its shares in the order of the windows.
 */
export function storeInputGradient(
  k: KernelBuilder,
  windows: PoolWindows,
  activation: Activation,
  { x, dx }: { readonly x: PlaneCells | undefined; readonly dx: PlaneCells },
  open: (window: PoolWindow) => (index: Index) => Vector,
): void {
  const area = windows.channels * windows.rows.input * windows.columns.input;
  const allCells = cellsIn(dx.buffer, [area]);
  const overlapping = windowsOverlap(windows);
  if (overlapping || windowsOver(windows).some((counts) => counts.includes(0))) {
    k.loop('cell', 0, area, (cell) => k.store(allCells(cell), splat(0)));
  }
  forEachWindow(k, windows, (window) => {
    const share = open(window);
    forEachCell(k, window, (row, column, index) => {
      const cell = [window.channel, row, column] as const;
      const place = dx(...cell);
      if (overlapping) k.store(place, add(load(place), share(index)));
      else k.store(place, x ? activation.backward(k, share(index), load(x(...cell))) : share(index));
    });
  });
  if (overlapping && x) {
    const allInputs = cellsIn(x.buffer, [area]);
    k.loop('cell', 0, area, (cell) =>
      k.store(allCells(cell), activation.backward(k, load(allCells(cell)), load(allInputs(cell)))),
    );
  }
}

/** Whether some cell belongs to several windows. */
export const windowsOverlap = (windows: PoolWindows): boolean => windowsOver(windows).some(isOverlapping);

const isOverlapping = (counts: Int32Array) => counts.some((count) => count > 1);

/** The number of windows that each row and each column belongs to. */
const windowsOver = ({ rows, columns }: PoolWindows) => [windowCounts(rows), windowCounts(columns)];

/** The number of windows that each cell of an axis belongs to. */
function windowCounts({ input, output, step, cellsUnder }: PoolAxis): Int32Array {
  // First the changes from cell − step to cell, so that the time does not depend on the size of the windows.
  const counts = new Int32Array(input);
  const change = (cell: number, by: number) => {
    if (cell < input) counts[cell] = (counts[cell] as number) + by;
  };
  for (let o = 0; o < output; o++) {
    const { first, count } = cellsUnder(o);
    const outside = Math.max(0, Math.ceil(-first / step));
    if (outside >= count) continue;
    change(first + outside * step, 1);
    change(first + count * step, -1);
  }
  for (let cell = step; cell < input; cell++) change(cell, counts[cell - step] as number);
  return counts;
}

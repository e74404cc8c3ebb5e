// The taps of a sliding window: which cells of the kernel are multiplied with which cells of a plane, along one axis.
import { both, ceilDivide, equal, Index, type IndexLike, maximum, minimum } from '../../language/index-expression.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';

/** The taps of a destination cell along one axis. Tap j reads kernel cell `kernel(j)` and source cell `source(j)`. */
export interface Taps {
  readonly count: number;
  kernel(j: Index): Index;
  source(j: Index): Index;
  /** The source cells of taps from … to − 1 lie inside the source plane. */
  readonly from: Index;
  readonly to: Index;
  /** Whether no destination cell has a tap outside the source plane. */
  readonly alwaysInside: boolean;
}

/** One axis of a sliding window. */
export interface Axis {
  /** The number of cells of the input, of the kernel, and of the output. */
  readonly input: number;
  readonly kernel: number;
  readonly output: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

/** The taps of output cell o: tap j reads input cell o · stride − padding + j · dilation. */
export function forwardTaps(k: KernelBuilder, axis: Axis, o: Index): Taps {
  const { input, kernel, output, stride, padding, dilation } = axis;
  const origin = o.times(stride).minus(padding);
  const reach = (output - 1) * stride - padding + (kernel - 1) * dilation;
  const alwaysInside = padding === 0 && reach < input;
  const count = new Index(kernel);
  return {
    count: kernel,
    kernel: (j) => j,
    source: (j) => origin.plus(j.times(dilation)),
    from: alwaysInside ? new Index(0) : k.bind('from', maximum(0, ceilDivide(origin.times(-1), dilation))),
    to: alwaysInside ? count : k.bind('to', minimum(kernel, ceilDivide(new Index(input).minus(origin), dilation))),
    alwaysInside,
  };
}

/** The output cells from … to − 1 at which kernel cell `p` reads an input cell and not padding. */
export function outputRange(k: KernelBuilder, axis: Axis, p: Index): { readonly from: Index; readonly to: Index } {
  const offset = p.times(axis.dilation).minus(axis.padding);
  return {
    from: k.bind('from', maximum(0, ceilDivide(offset.times(-1), axis.stride))),
    to: k.bind('to', minimum(axis.output, ceilDivide(new Index(axis.input).minus(offset), axis.stride))),
  };
}

/** The loops over larger windows are not unrolled, because that would not be faster and would need more code. */
const MAX_UNROLLED_TAPS = 49;

/**
 * Runs `tap(c, j, i)` for each channel c, each tap j of the rows and each tap i of the columns that lies inside the
 * plane, in this order. Where all taps are inside, as in most of the plane, the loops have constant bounds.
 */
export function forEachTap(
  k: KernelBuilder,
  channels: number,
  rows: Taps,
  columns: Taps,
  tap: (c: Index, j: Index, i: Index) => void,
): void {
  if (rows.count * columns.count === 0) return;
  const unroll = rows.count * columns.count <= MAX_UNROLLED_TAPS;
  const overAll = (count: number, body: (j: Index) => void) =>
    unroll ? k.unrolled('tap', 0, count, body) : k.loop('tap', 0, count, body);
  const inside = () =>
    k.loop('c', 0, channels, (c) => overAll(rows.count, (j) => overAll(columns.count, (i) => tap(c, j, i))));
  const clipped = () =>
    k.loop('c', 0, channels, (c) =>
      k.loop('tap', rows.from, rows.to, (j) => k.loop('tap', columns.from, columns.to, (i) => tap(c, j, i))),
    );
  if (rows.alwaysInside && columns.alwaysInside) inside();
  else {
    const isFull = ({ from, to, count }: Taps) => equal(to.minus(from), count);
    k.if(both(isFull(rows), isFull(columns)), inside, clipped);
  }
}

/** The number of channel c of a group among all channels. */
export const inGroup = (group: Index, channelsPerGroup: number, c: IndexLike): Index =>
  group.times(channelsPerGroup).plus(c);

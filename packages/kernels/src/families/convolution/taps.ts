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

/**
 * The input cells q · stride + residue for q = 0 … cells − 1. All of them have taps with the same kernel cells, first +
 * j · step for j = 0 … count − 1, at output cells q + shift − j · spread.
 */
export interface StridePhase {
  readonly residue: number;
  readonly cells: number;
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly shift: number;
  readonly spread: number;
}

/** Divides the input cells of an axis into stride phases, one for each residue modulo the stride. */
export function stridePhases({ input, kernel, stride, padding, dilation }: Axis): readonly StridePhase[] {
  const divisor = greatestCommonDivisor(stride, dilation);
  const step = stride / divisor;
  return Array.from({ length: Math.min(stride, input) }, (_, residue) => {
    // Kernel cell p has taps in the phase if p · dilation ≡ residue + padding (mod stride).
    let first = 0;
    while (first < step && (residue + padding - first * dilation) % stride !== 0) first++;
    const count = first === step ? 0 : Math.max(0, Math.ceil((kernel - first) / step));
    const shift = count === 0 ? 0 : (residue + padding - first * dilation) / stride;
    const cells = Math.ceil((input - residue) / stride);
    return { residue, cells, first, step, count, shift, spread: dilation / divisor };
  });
}

/** The taps of input cell q · stride + residue: they read the output cells whose windows contain it. */
export function backwardTaps(k: KernelBuilder, axis: Axis, phase: StridePhase, q: Index): Taps {
  const { first, step, count, shift, spread } = phase;
  const origin = q.plus(shift);
  const last = axis.output - 1;
  const alwaysInside = count === 0 || (shift - (count - 1) * spread >= 0 && phase.cells - 1 + shift <= last);
  return {
    count,
    kernel: (j) => j.times(step).plus(first),
    source: (j) => origin.minus(j.times(spread)),
    from: alwaysInside ? new Index(0) : k.bind('from', maximum(0, ceilDivide(origin.minus(last), spread))),
    to: alwaysInside ? new Index(count) : k.bind('to', minimum(count, ceilDivide(origin.plus(1), spread))),
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

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/** The number of channel c of a group among all channels. */
export const inGroup = (group: Index, channelsPerGroup: number, c: IndexLike): Index =>
  group.times(channelsPerGroup).plus(c);

// The taps of the cells of the input of a sliding window: which output cells have windows that contain a cell, along one
// axis. Cells with the same residue modulo the stride have the same kernel cells.
import { ceilDivide, Index, maximum, minimum } from '../../language/index-expression.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import type { Axis, Taps } from './taps.ts';

/**
 * The input cells q · stride + residue for q = 0 … cells − 1. All of them have taps with the same kernel cells, first +
 * j · step for j = 0 … count − 1, at output cells q + shift − j · spread.
 */
export interface StridePhase {
  readonly residue: number;
  /** How many residues from this one on are alike. 1 for cells with taps; adjacent phases without taps are one phase. */
  readonly residues: number;
  readonly cells: number;
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly shift: number;
  readonly spread: number;
}

/** Divides the input cells of an axis into stride phases, in the order of their residues modulo the stride. */
export function stridePhases(axis: Axis): readonly StridePhase[] {
  const { input, kernel, stride, padding, dilation } = axis;
  const divisor = greatestCommonDivisor(stride, dilation);
  const step = stride / divisor;
  const spread = dilation / divisor;
  const cellsOf = (residue: number) => Math.ceil((input - residue) / stride);
  const phases: StridePhase[] = [];
  const withoutTaps = (from: number, to: number) => {
    if (from >= to) return;
    const alike = { residue: from, residues: to - from, cells: cellsOf(from) };
    phases.push({ ...alike, first: 0, step, count: 0, shift: 0, spread });
  };
  // From this residue on there is one cell less.
  const shorter = ((input - 1) % stride) + 1;
  let next = 0;
  for (const [residue, first] of firstKernelCells(axis, step)) {
    withoutTaps(next, Math.min(residue, shorter));
    withoutTaps(Math.max(next, shorter), residue);
    const count = Math.ceil((kernel - first) / step);
    const shift = (residue + padding - first * dilation) / stride;
    phases.push({ residue, residues: 1, cells: cellsOf(residue), first, step, count, shift, spread });
    next = residue + 1;
  }
  const end = Math.min(stride, input);
  withoutTaps(next, Math.min(end, shorter));
  withoutTaps(Math.max(next, shorter), end);
  return phases;
}

/** The first kernel cell of each residue with taps: p with p · dilation ≡ residue + padding (mod stride). */
function firstKernelCells({ input, kernel, stride, padding, dilation }: Axis, step: number) {
  const residueOf = (p: number) => (((p * dilation - padding) % stride) + stride) % stride;
  return Array.from({ length: Math.min(kernel, step) }, (_, p) => [residueOf(p), p] as const)
    .filter(([residue]) => residue < input)
    .sort(([a], [b]) => a - b);
}

/** The taps of input cell q · stride + residue: they read the output cells whose windows contain it. */
function phaseTaps(k: KernelBuilder, axis: Axis, phase: StridePhase, q: Index): Taps {
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

/** Visits an input cell; `taps` writes the code that finds its taps. */
export type InputCellVisitor = (cell: Index, taps: () => Taps) => void;

/** Visits the input cells of an axis phase by phase, with code of its own for each phase. */
export function forEachPhasedCell(
  k: KernelBuilder,
  axis: Axis,
  phases: readonly StridePhase[],
  visit: InputCellVisitor,
): void {
  for (const phase of phases) {
    k.loop('q', 0, phase.cells, (q) => {
      const first = q.times(axis.stride).plus(phase.residue);
      const taps = () => phaseTaps(k, axis, phase, q);
      if (phase.residues === 1) visit(first, taps);
      else k.loop('residue', 0, phase.residues, (residue) => visit(first.plus(residue), taps));
    });
  }
}

/** Visits the input cells of an axis in their order, with the same code for all of them. */
export const forEachUnphasedCell = (k: KernelBuilder, axis: Axis, visit: InputCellVisitor): void =>
  k.loop('cell', 0, axis.input, (cell) => visit(cell, () => cellTaps(k, axis, cell)));

/** More than the padded input has cells, and far from 2^31. */
const BEYOND_PLANES = 2 ** 30;

/** The taps of any input cell, with its stride phase computed when the kernel runs. */
function cellTaps(k: KernelBuilder, { kernel, output, stride, padding, dilation }: Axis, cell: Index): Taps {
  const divisor = greatestCommonDivisor(stride, dilation);
  const step = stride / divisor;
  const spread = dilation / divisor;
  const padded = cell.plus(padding);
  // Kernel cell p has a tap if p · dilation ≡ padded (mod stride).
  const quotient = k.bind('quotient', floorDivide(padded, divisor));
  const between = k.bind('between', minimum(1, padded.minus(quotient.times(divisor))));
  const first = productModulo(k, quotient, inverseModulo(spread, step), step);
  const reach = padded.minus(first.times(dilation));
  const shift = k.bind('shift', floorDivide(reach, stride));
  const count = Math.ceil(kernel / step);
  const inKernel = minimum(ceilDivide(first.times(-1).plus(kernel), step), between.times(-count).plus(count));
  const inOutput = ceilDivide(reach.plus(1), Math.min(spread * stride, BEYOND_PLANES));
  return {
    count,
    kernel: (j) => first.plus(j.times(step)),
    source: (j) => shift.minus(j.times(spread)),
    from: k.bind('from', maximum(0, ceilDivide(shift.minus(output - 1), spread))),
    to: k.bind('to', minimum(inKernel, inOutput)),
    alwaysInside: false,
  };
}

/** ⌊a / divisor⌋ for a ≥ 0. */
const floorDivide = (a: Index, divisor: number) => ceilDivide(a.minus(divisor - 1), divisor);

const modulo = (k: KernelBuilder, a: Index, divisor: number): Index =>
  k.bind('residue', a.minus(k.bind('whole', floorDivide(a, divisor)).times(divisor)));

/** a · factor modulo a divisor of at most 2^16, by halves of 8 bits, so that no product exceeds 31 bits. */
function productModulo(k: KernelBuilder, a: Index, factor: number, divisor: number): Index {
  const residue = modulo(k, a, divisor);
  if (factor === 1) return residue;
  const high = k.bind('high', floorDivide(residue, 256));
  const low = residue.minus(high.times(256));
  return modulo(k, modulo(k, high.times(factor), divisor).times(256).plus(low.times(factor)), divisor);
}

/** x with a · x ≡ 1 (mod divisor), for a without a common divisor with it. */
function inverseModulo(a: number, divisor: number): number {
  let [old, rest] = [a % divisor, divisor];
  let [x, next] = [1, 0];
  while (rest !== 0) {
    const quotient = Math.floor(old / rest);
    [old, rest] = [rest, old - quotient * rest];
    [x, next] = [next, x - quotient * next];
  }
  return ((x % divisor) + divisor) % divisor;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

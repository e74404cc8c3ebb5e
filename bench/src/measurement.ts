// From times to figures: work per time, and how far to trust it.
import type { Round } from './rounds.ts';

/** A cell is 8 numbers, one for each sample of a block. */
type Unit = 'GFLOP/s' | 'GB/s' | 'cells/µs' | 'samples/s';

/** What one call does: operations, bytes, cells or samples. */
export interface Work {
  readonly unit: Unit;
  readonly amount: number;
}

/** One line of a report; figures are in `unit`, more is faster. */
export interface Measurement {
  readonly group: string;
  readonly name: string;
  readonly unit: Unit;
  /** Of the rounds' medians. */
  readonly median: number;
  /** The best round's median. */
  readonly best: number;
  /** Reached by all but one call in a hundred; median over the rounds. */
  readonly p99: number;
  /** Half the 95 % confidence interval within a round, as a share; median over the rounds. */
  readonly margin: number;
  /** How far the rounds' medians lie apart, as a share of `median`. */
  readonly noise: number;
  readonly rounds: readonly number[];
  /** Timed calls, all rounds together. */
  readonly calls: number;
  /** As a multiple of what the suite compares it with; null where nothing compares. */
  readonly relative: number | null;
}

/** A suite's results. */
export interface SuiteReport {
  readonly title: string;
  /** What `relative` says, as a heading; null if nothing. */
  readonly relativeTo: string | null;
  readonly measurements: readonly Measurement[];
  /** SHA-256 of results that were checked: shows that the work was done, and is the same on every machine. */
  readonly checksum: string;
}

const MILLISECONDS: Readonly<Record<Unit, number>> = {
  'GFLOP/s': 1e6,
  'GB/s': 1e6,
  'cells/µs': 1e3,
  'samples/s': 1e-3,
};

/** `work` is that of one timed call. */
export function measure(
  { group, name }: { readonly group: string; readonly name: string },
  { unit, amount }: Work,
  rounds: readonly Round[],
): Measurement {
  const figure = (milliseconds: number) => amount / (milliseconds * MILLISECONDS[unit]);
  const figures = rounds.map((round) => figure(round.median));
  const best = Math.max(...figures);
  const middle = median(figures);
  return {
    group,
    name,
    unit,
    median: middle,
    best,
    p99: median(rounds.map((round) => figure(round.p99))),
    margin: median(rounds.map(({ margin }) => margin)),
    noise: (best - Math.min(...figures)) / middle,
    rounds: figures,
    calls: rounds.reduce((sum, { calls }) => sum + calls, 0),
    relative: null,
  };
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle) - 1] as number)) / 2;
}

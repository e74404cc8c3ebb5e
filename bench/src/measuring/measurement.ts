// Turns times into figures: work per time, and how much the figures vary.
import type { Round } from './rounds.ts';

/** A cell is 8 numbers, one of each sample of a block. */
type Unit = 'GFLOP/s' | 'GB/s' | 'cells/µs' | 'samples/s';

/** The work of one call: operations, bytes, cells or samples. */
export interface Work {
  readonly unit: Unit;
  readonly amount: number;
}

/** One line of a report. Figures are in `unit`; a greater figure is faster. */
export interface Measurement {
  readonly group: string;
  readonly name: string;
  readonly unit: Unit;
  /** The median of the medians of the rounds. */
  readonly median: number;
  /** The median of the best round. */
  readonly best: number;
  /** The figure that 99 of 100 calls reach; median over the rounds. */
  readonly p99: number;
  /** Half of the 95 % confidence interval within a round, relative to the mean; median over the rounds. */
  readonly margin: number;
  /** The range of the medians of the rounds, relative to `median`. */
  readonly noise: number;
  readonly rounds: readonly number[];
  /** The number of timed calls in all rounds. */
  readonly calls: number;
  /** The figure relative to the one that the suite compares it with; null if there is none. */
  readonly relative: number | null;
}

/** The results of a suite. */
export interface SuiteReport {
  readonly title: string;
  /** The heading of the column `relative`; null if the suite compares nothing. */
  readonly relativeTo: string | null;
  readonly measurements: readonly Measurement[];
  /** SHA-256 of checked results: it proves that the work was done, and is the same on every machine. */
  readonly checksum: string;
}

const MILLISECONDS: Readonly<Record<Unit, number>> = {
  'GFLOP/s': 1e6,
  'GB/s': 1e6,
  'cells/µs': 1e3,
  'samples/s': 1e-3,
};

/** The figures of a contender from its rounds; the work is that of one timed call. */
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

// Compares the losses of contenders, and turns their rounds into the figures of a report.
import { median } from '../measuring/measurement.ts';

/** The allowed difference of a loss from that of Convoy, relative to the loss. */
const LOSS_TOLERANCE = 1e-3;

/** A contender has other losses than Convoy; it trains something else, so it is not timed. */
export class DifferentLosses extends Error {}

/**
 * The greatest relative difference from the expected losses.
 * @throws DifferentLosses with the first step whose loss differs by more than the tolerance or is missing
 */
export function lossDifference(losses: readonly number[], expected: readonly number[]): number {
  const differences = expected.map((loss, step) => Math.abs((losses[step] ?? Number.NaN) - loss) / Math.abs(loss));
  // `!(… <= …)` rather than `>`, because NaN is a difference too.
  const wrong = differences.findIndex((difference) => !(difference <= LOSS_TOLERANCE));
  if (wrong < 0) return Math.max(...differences);
  const step = `the loss of step ${wrong + 1} is ${losses[wrong]}, not ${expected[wrong]}`;
  throw new DifferentLosses(`it trains something else: ${step}`);
}

/** A contender in one workload; rounds, median and best are in samples per second. */
export interface Result {
  readonly name: string;
  readonly system: string;
  readonly version: string;
  readonly batchSize: number;
  readonly lossDifference: number;
  readonly rounds: readonly number[];
  readonly median: number;
  readonly best: number;
  /** The range of the rounds, relative to the median. */
  readonly noise: number;
  /** Peak of the resident memory; null where the system does not report it. */
  readonly peakBytes: number | null;
}

/** A contender that cannot train a workload. */
export interface Failure {
  readonly name: string;
  readonly system: string;
  /** The reason. */
  readonly cannot: string;
  /** Whether the reason is that its losses differ, which is always a mistake in an adapter. */
  readonly differs: boolean;
}

export type Outcome = Result | Failure;

export const isResult = (outcome: Outcome): outcome is Result => 'rounds' in outcome;

export function figuresOf(rounds: readonly number[]): Pick<Result, 'rounds' | 'median' | 'best' | 'noise'> {
  const middle = median(rounds);
  const best = Math.max(...rounds);
  return { rounds, median: middle, best, noise: (best - Math.min(...rounds)) / middle };
}

/**
 * How many times as fast `first` is as `second`: the median over the rounds of the ratio within a round, because what disturbs the machine
 * in a round slows both.
 */
export const ratioOf = (first: Result, second: Result): number =>
  median(first.rounds.map((figure, round) => figure / (second.rounds[round] as number)));

/** The fastest contender of each framework. */
export function fastestOf(outcomes: readonly Outcome[]): ReadonlyMap<string, Result> {
  const fastest = new Map<string, Result>();
  for (const outcome of outcomes) {
    if (!isResult(outcome)) continue;
    const { median: fastestSoFar = 0 } = fastest.get(outcome.system) ?? {};
    if (outcome.median > fastestSoFar) fastest.set(outcome.system, outcome);
  }
  return fastest;
}

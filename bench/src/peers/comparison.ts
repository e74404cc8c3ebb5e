// From the contenders' losses and rounds to what a report says of them.
import { median } from '../measurement.ts';

/** How far losses may lie from the reference's, as a share of them. */
const LOSS_TOLERANCE = 1e-3;

/** A contender that is not timed because it does not do the same. */
export class DifferentLosses extends Error {}

/**
 * The greatest difference as a share of the expected loss.
 * @throws DifferentLosses naming the first step that differs by more than the tolerance, or has no loss
 */
export function lossDifference(losses: readonly number[], expected: readonly number[]): number {
  const differences = expected.map((loss, step) => Math.abs((losses[step] ?? Number.NaN) - loss) / Math.abs(loss));
  // Not `>`: NaN is a difference.
  const wrong = differences.findIndex((difference) => !(difference <= LOSS_TOLERANCE));
  if (wrong < 0) return Math.max(...differences);
  const step = `the loss of step ${wrong + 1} is ${losses[wrong]}, not ${expected[wrong]}`;
  throw new DifferentLosses(`it trains something else: ${step}`);
}

/** A contender in one workload; figures are samples per second. */
export interface Result {
  readonly name: string;
  readonly system: string;
  readonly version: string;
  readonly batchSize: number;
  readonly lossDifference: number;
  readonly rounds: readonly number[];
  readonly median: number;
  readonly best: number;
  /** How far the rounds lie apart, as a share of the median. */
  readonly noise: number;
  /** Resident memory; null where the system does not tell. */
  readonly peakBytes: number | null;
}

/** A contender that does not train this, and why. */
export interface Failure {
  readonly name: string;
  readonly system: string;
  readonly cannot: string;
  /** Whether the reason is that it has other losses, which is a mistake of somebody. */
  readonly differs: boolean;
}

export type Outcome = Result | Failure;

export const isResult = (outcome: Outcome): outcome is Result => 'rounds' in outcome;

export function figuresOf(rounds: readonly number[]): Pick<Result, 'rounds' | 'median' | 'best' | 'noise'> {
  const middle = median(rounds);
  const best = Math.max(...rounds);
  return { rounds, median: middle, best, noise: (best - Math.min(...rounds)) / middle };
}

/** How many times as fast `first` is as `second`: the median over the rounds of the ratio in one round, which the machine treated alike. */
export const ratioOf = (first: Result, second: Result): number =>
  median(first.rounds.map((figure, round) => figure / (second.rounds[round] as number)));

/** The fastest variant of each system. */
export function fastestOf(outcomes: readonly Outcome[]): ReadonlyMap<string, Result> {
  const fastest = new Map<string, Result>();
  for (const outcome of outcomes) {
    if (!isResult(outcome)) continue;
    const { median: least = 0 } = fastest.get(outcome.system) ?? {};
    if (outcome.median > least) fastest.set(outcome.system, outcome);
  }
  return fastest;
}

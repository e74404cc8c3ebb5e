// The learning-rate range test: which rates a model learns at, found by raising the rate step by step until the loss runs away.
import { ConvoyError, finiteNumber, positiveInteger } from '@convoy/tensor';

export interface LearningRateSearchOptions {
  /** The first rate; default 1e-6. */
  readonly from?: number;
  /** The last rate; default 10. */
  readonly to?: number;
  /** Steps from the first rate to the last, each with the same factor between rates; default 100. */
  readonly steps?: number;
  /** β, from 0 to below 1: how much of the smoothed loss comes from the steps before; default 0.95. */
  readonly smoothing?: number;
  /** The search ends when the smoothed loss is more than so many times its least value, or not finite; default 4. */
  readonly divergence?: number;
}

/** What was seen at each step, up to the last one with a finite loss. */
export interface LearningRateSearch {
  /** Rising. */
  readonly rates: readonly number[];
  /** Of the batch, before the step with that rate. */
  readonly losses: readonly number[];
  /** Exponential moving averages of the losses with the bias of their start removed: (1 − β) Σ βⁱ loss₍ₜ₋ᵢ₎ / (1 − βᵗ⁺¹). */
  readonly smoothed: readonly number[];
  /** The rate at which the smoothed loss falls most steeply; undefined if it never falls. */
  readonly suggestion: number | undefined;
}

export type CheckedSearch = Required<LearningRateSearchOptions>;

/** @throws ConvoyError CONVOY_INVALID_OPTION */
export function checkedSearch(options: LearningRateSearchOptions): CheckedSearch {
  const { from = 1e-6, to = 10, steps = 100, smoothing = 0.95, divergence = 4 } = options;
  finiteNumber('from', from, { above: 0 });
  finiteNumber('to', to, { above: from });
  finiteNumber('smoothing', smoothing, { atLeast: 0, below: 1 });
  finiteNumber('divergence', divergence, { above: 1 });
  if (positiveInteger('steps', steps) > 1) return { from, to, steps, smoothing, divergence };
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: 'steps: 1',
    expected: '2 or more, from one rate to the other',
    fix: 'Take some 100 steps.',
  });
}

/**
 * Raises the rate from step to step.
 * @param lossAt takes the next step with a rate; returns the loss of its batch before the step
 */
export async function searchLearningRate(
  { from, to, steps, smoothing, divergence }: CheckedSearch,
  lossAt: (rate: number) => Promise<number>,
): Promise<LearningRateSearch> {
  const rates: number[] = [];
  const losses: number[] = [];
  const smoothed: number[] = [];
  let average = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let step = 0; step < steps; step++) {
    const rate = from * (to / from) ** (step / (steps - 1));
    const loss = await lossAt(rate);
    if (!Number.isFinite(loss)) break;
    average = smoothing * average + (1 - smoothing) * loss;
    const now = average / (1 - smoothing ** (step + 1));
    rates.push(rate);
    losses.push(loss);
    smoothed.push(now);
    least = Math.min(least, now);
    // As `now > divergence * least`, for losses below 0 too.
    if (now - least > (divergence - 1) * Math.abs(least)) break;
  }
  const at = steepest(smoothed);
  return { rates, losses, smoothed, suggestion: at === undefined ? undefined : rates[at] };
}

/**
 * Where the curve falls most from one neighbour to the other, before its lowest point: what falls behind that comes back from a loss that had
 * run away. The first tenth does not count, as averages of few batches jump about.
 */
function steepest(curve: readonly number[]): number | undefined {
  const lowest = curve.indexOf(Math.min(...curve));
  let best: number | undefined;
  let most = 0;
  for (let i = Math.max(1, Math.floor(curve.length / 10)); i < Math.min(lowest + 1, curve.length - 1); i++) {
    const fall = (curve[i - 1] as number) - (curve[i + 1] as number);
    if (fall <= most) continue;
    most = fall;
    best = i;
  }
  return best;
}

const MOST_LINES = 25;
const BAR_COLUMNS = 40;

/** The search as a chart for people: a line for each of some rates, with a bar for how far the smoothed loss is above its least value. */
export function formatLearningRateSearch({ rates, smoothed, suggestion }: LearningRateSearch): string {
  const last = rates.length - 1;
  const lines = Math.min(rates.length, MOST_LINES);
  const shown = new Set(Array.from({ length: lines }, (_, i) => Math.round((i * last) / Math.max(1, lines - 1))));
  if (suggestion !== undefined) shown.add(rates.indexOf(suggestion));
  const least = Math.min(...smoothed);
  // What comes behind the lowest point may be higher by orders of magnitude, and is cut.
  const range = Math.max(...smoothed.slice(0, smoothed.indexOf(least) + 1)) - least;
  const chart = [...shown]
    .sort((a, b) => a - b)
    .map((i) => {
      const [rate, loss] = [rates[i] as number, smoothed[i] as number];
      const bar = '█'.repeat(Math.round(BAR_COLUMNS * Math.min(1, (loss - least) / (range || 1))));
      const mark = rate === suggestion ? '  ← falls most steeply' : '';
      return `${rate.toExponential(2).padStart(9)}  ${loss.toPrecision(5).padStart(10)}  ${bar}${mark}`;
    });
  const outcome =
    suggestion === undefined
      ? 'The loss does not fall at any of these rates.'
      : `Suggested learning rate: ${suggestion.toExponential(2)}`;
  return [`${'rate'.padStart(9)}  ${'loss'.padStart(10)}`, ...chart, outcome].join('\n');
}

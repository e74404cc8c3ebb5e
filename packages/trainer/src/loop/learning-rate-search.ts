// The search for a learning rate, as its user sees it: options, result, and a chart of the result.
import type { Augmentation } from '@convoy/datasets/augment';
import { ConvoyError, positiveInteger } from '@convoy/tensor';
import { checkOptions, float32In, listOf, numberIn, optional } from '@convoy/tensor/checks';
import { abortSignal } from './abort-signal.ts';
import { augmentOption } from './augment-option.ts';

/** The options of `Trainer.findLearningRate`. */
export interface LearningRateSearchOptions {
  /** The first rate; default 1e-6. */
  readonly from?: number;
  /** The last rate; default 10. */
  readonly to?: number;
  /** Steps from the first rate to the last. Each rate is the previous one times the same factor. Default 100. */
  readonly steps?: number;
  /** β, from 0 to below 1: the share of the earlier steps in the smoothed loss; default 0.95. */
  readonly smoothing?: number;
  /** The search ends when the smoothed loss is more than this many times its minimum, or not finite; default 4. */
  readonly divergence?: number;
  /** As in `fit`; default none. */
  readonly augment?: readonly Augmentation[];
}

/** What the search measured at each step, up to the last step with a finite loss. */
export interface LearningRateSearch {
  /** Rising. */
  readonly rates: readonly number[];
  /** The loss of the batch, before the step with that rate. */
  readonly losses: readonly number[];
  /** Exponential moving averages of the losses without the bias of their start: (1 − β) Σ βⁱ loss₍ₜ₋ᵢ₎ / (1 − βᵗ⁺¹). */
  readonly smoothed: readonly number[];
  /** The rate at which the smoothed loss falls most steeply; undefined if it never falls. */
  readonly suggestion: number | undefined;
}

export type CheckedSearch = Required<Omit<LearningRateSearchOptions, 'augment'>>;

/** The options of the search, and the signal that ends it. @throws ConvoyError CONVOY_INVALID_OPTION */
export function checkedSearch(options: LearningRateSearchOptions & { readonly signal?: AbortSignal }) {
  const rate = float32In({ above: 0 });
  const search = checkOptions('findLearningRate', options, {
    from: optional(rate, 1e-6),
    to: optional(rate, 10),
    steps: optional(positiveInteger, 100),
    smoothing: optional(numberIn({ atLeast: 0, below: 1 }), 0.95),
    divergence: optional(numberIn({ above: 1 }), 4),
    augment: optional(augmentOption),
    signal: optional(abortSignal),
  });
  const { from, to, steps } = search;
  numberIn({ above: from })('to', to);
  if (steps > 1) return search;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: 'steps: 1',
    expected: '2 or more, for the first and the last rate',
    fix: 'Take about 100 steps.',
  });
}

const MAX_LINES = 25;
const BAR_COLUMNS = 40;

/**
 * The search as a chart in plain text: one line per rate, for up to 25 rates, with a bar for how far the smoothed loss is above its minimum.
 * @throws ConvoyError CONVOY_INVALID_OPTION for anything else than what `findLearningRate` resolves with
 */
export function formatLearningRateSearch(search: LearningRateSearch): string {
  const numbers = listOf(numberIn({}));
  const { rates, smoothed, suggestion } = checkOptions('formatLearningRateSearch', search, {
    rates: numbers,
    losses: numbers,
    smoothed: numbers,
    suggestion: optional(numberIn({})),
  });
  checkSearch(rates, smoothed, suggestion);
  const last = rates.length - 1;
  const lines = Math.min(rates.length, MAX_LINES);
  const shown = new Set(Array.from({ length: lines }, (_, i) => Math.round((i * last) / Math.max(1, lines - 1))));
  if (suggestion !== undefined) shown.add(rates.indexOf(suggestion));
  const minimum = smoothed.reduce((least, loss) => Math.min(least, loss), Number.POSITIVE_INFINITY);
  // After the minimum the loss may be higher by orders of magnitude: those bars are cut off.
  const falling = smoothed.slice(0, smoothed.indexOf(minimum) + 1);
  const range = falling.reduce((greatest, loss) => Math.max(greatest, loss), minimum) - minimum;
  const chart = [...shown]
    .sort((a, b) => a - b)
    .map((i) => {
      const [rate, loss] = [rates[i] as number, smoothed[i] as number];
      const bar = '█'.repeat(Math.round(BAR_COLUMNS * Math.min(1, (loss - minimum) / (range || 1))));
      const mark = rate === suggestion ? '  ← falls most steeply' : '';
      return `${rate.toExponential(2).padStart(9)}  ${loss.toPrecision(5).padStart(10)}  ${bar}${mark}`;
    });
  const outcome =
    suggestion === undefined
      ? 'The loss does not fall at any of these rates.'
      : `Suggested learning rate: ${suggestion.toExponential(2)}`;
  return [`${'rate'.padStart(9)}  ${'loss'.padStart(10)}`, ...chart, outcome].join('\n');
}

/** The results of a search fit together; those that a user has put together may not. */
function checkSearch(rates: readonly number[], smoothed: readonly number[], suggestion: number | undefined): void {
  const hasLosses = smoothed.length === rates.length;
  if (hasLosses && (suggestion === undefined || rates.includes(suggestion))) return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: hasLosses
      ? `the suggestion ${suggestion}, which is not one of the ${rates.length} rates`
      : `${rates.length} rates and ${smoothed.length} smoothed losses`,
    expected: 'a smoothed loss for each rate, and one of the rates as the suggestion',
    fix: 'Pass what findLearningRate resolves with.',
  });
}

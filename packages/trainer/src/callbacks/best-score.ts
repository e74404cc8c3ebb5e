// Follows one score over the epochs and tells when it is the best so far.
import { ConvoyError } from '@convoy/tensor';
import { type CheckedOptions, choiceOf, numberIn, type OptionChecks, optional, text } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import type { EpochRecord } from '../shared/records.ts';
import { monitored } from './monitored.ts';

/** Which score a callback follows, and when it counts as better. */
export interface MonitorOptions {
  /** The name of a score: 'loss', 'validation.accuracy', …. Default 'validation.loss', or 'loss' without validation data. */
  readonly monitor?: string;
  /** Whether a lower or a higher score is better. Default 'max' for a name that ends in accuracy, 'min' for one that ends in loss or error. */
  readonly mode?: 'min' | 'max';
  /** A score is better if it improves on the best one so far by more than this; default 0. */
  readonly minDelta?: number;
}

/** The checks of these options, for the callbacks that have them. */
export const monitorChecks = {
  monitor: optional(text),
  mode: optional(choiceOf('min', 'max')),
  minDelta: optional(numberIn({ atLeast: 0 }), 0),
} satisfies OptionChecks<MonitorOptions>;

export class BestScore {
  readonly #monitor: string | undefined;
  readonly #sign: 1 | -1;
  readonly #minDelta: number;
  /** The best score so far, times −1 if lower is better. It is the whole state: a callback that is resumed sets it. */
  best = Number.NEGATIVE_INFINITY;

  /** @throws ConvoyError CONVOY_INVALID_OPTION for a name that needs a mode */
  constructor({ monitor, mode, minDelta }: CheckedOptions<typeof monitorChecks>) {
    this.#monitor = monitor;
    this.#sign = (mode ?? modeOf(monitor)) === 'max' ? 1 : -1;
    this.#minDelta = minDelta;
  }

  /** Forgets all epochs. */
  reset(): void {
    this.best = Number.NEGATIVE_INFINITY;
  }

  /** The name of the score that is followed. */
  nameOf({ validation }: EpochRecord): string {
    return this.#monitor ?? (validation ? 'validation.loss' : 'loss');
  }

  /**
   * Takes the next epoch. Returns whether it is the best so far; an epoch whose score is NaN never is.
   * @throws ConvoyError CONVOY_UNKNOWN_NAME
   */
  improves(record: EpochRecord): boolean {
    const score = this.#sign * monitored(record, this.nameOf(record));
    const isBetter = score - this.best > this.#minDelta;
    if (isBetter) this.best = score;
    return isBetter;
  }
}

function modeOf(monitor: string | undefined): 'min' | 'max' {
  if (monitor === undefined || /(loss|error)$/i.test(monitor)) return 'min';
  if (/accuracy$/i.test(monitor)) return 'max';
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `monitor: ${describeValue(monitor)} without a mode`,
    expected: 'a name that ends in loss, error or accuracy, or a mode',
    fix: "Pass mode: 'min' if a lower score is better, or mode: 'max' if a higher one is.",
  });
}

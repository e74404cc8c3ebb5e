// Follows one score over the epochs and tells when it is better than ever.
import { ConvoyError, finiteNumber, oneOf } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import type { EpochRecord } from '../shared/records.ts';
import { monitored } from './monitored.ts';

export interface MonitorOptions {
  /** A score: 'loss', 'validation.accuracy', …. Default 'validation.loss', or 'loss' where there is no validation data. */
  readonly monitor?: string;
  /** Whether less or more is better; default more for a name that ends with accuracy, less for one that ends with loss or error. */
  readonly mode?: 'min' | 'max';
  /** A score is better if it differs by more than this from the best so far; default 0. */
  readonly minDelta?: number;
}

export class BestScore {
  readonly #monitor: string | undefined;
  readonly #sign: 1 | -1;
  readonly #minDelta: number;
  /** The best score so far, times −1 where less is better. All that an instance remembers: who keeps it can set it again. */
  best = Number.NEGATIVE_INFINITY;

  /** @throws ConvoyError CONVOY_INVALID_OPTION */
  constructor({ monitor, mode = modeOf(monitor), minDelta = 0 }: MonitorOptions) {
    this.#monitor = monitor;
    this.#sign = oneOf('mode', mode, ['min', 'max']) === 'max' ? 1 : -1;
    this.#minDelta = finiteNumber('minDelta', minDelta, { atLeast: 0 });
  }

  /** Forgets all epochs. */
  reset(): void {
    this.best = Number.NEGATIVE_INFINITY;
  }

  /** The score that is followed. */
  nameOf({ validation }: EpochRecord): string {
    return this.#monitor ?? (validation ? 'validation.loss' : 'loss');
  }

  /**
   * Takes the next epoch; whether it is the best so far. One whose score is NaN never is.
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
    expected: 'a name that ends with loss, error or accuracy, or a mode',
    fix: "Say whether less or more is better: mode: 'min' or mode: 'max'.",
  });
}

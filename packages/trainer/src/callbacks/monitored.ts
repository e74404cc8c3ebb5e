// The scores of an epoch, by the names that callbacks use.
import { ConvoyError } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { isRecord } from '../checkpoint/exact-json.ts';
import type { EpochRecord } from '../shared/records.ts';

/** 'loss', 'accuracy', … for the training data, then 'validation.loss', … if there is validation data. */
export function scoresByName({ scores, validation }: EpochRecord): ReadonlyMap<string, number> {
  const ofValidation = Object.entries(validation ?? {}).map(([name, score]) => [`validation.${name}`, score] as const);
  return new Map([...Object.entries(scores), ...ofValidation]);
}

/**
 * One score of an epoch, for callbacks that follow a score.
 * @param name 'loss', 'accuracy', …, or 'validation.loss', … for the validation data
 * @throws ConvoyError CONVOY_UNKNOWN_NAME; CONVOY_INVALID_DATA for anything else than the record of an epoch
 */
export function monitored(record: EpochRecord, name: string): number {
  if (!isRecord(record) || !isRecord(record.scores)) throw noRecord(record);
  const scores = scoresByName(record);
  const score = scores.get(name);
  if (score !== undefined) return score;
  throw new ConvoyError('CONVOY_UNKNOWN_NAME', {
    given: `monitor: ${describeValue(name)}`,
    expected: `one of ${[...scores.keys()].join(', ')}`,
    fix: 'Monitor one of these scores, create the trainer with that metric, or pass validation data to fit.',
  });
}

const noRecord = (given: unknown) =>
  new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(given)} as the record of an epoch`,
    expected: 'a record, as onEpochEnd of a callback gets it',
    fix: 'Pass the first argument of onEpochEnd, or an entry of history.epochs.',
  });

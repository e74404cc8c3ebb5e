// From the records of the trainer to what a reporter shows.
import type { Scores } from '@convoy/layers';
import type { EpochRecord, History } from '@convoy/trainer';
import type { Epoch, Result } from '../reporters/reporter.ts';

export function epochOf({ epoch, scores, validation, seconds, samplesPerSecond }: EpochRecord): Epoch {
  const { loss, accuracy = Number.NaN } = scores;
  return { epoch, loss, accuracy, ...testScores(validation), seconds, samplesPerSecond };
}

/** The scores are those after the last epoch. */
export function resultOf({
  epochs,
  seconds,
  samplesPerSecond,
}: History): Pick<Result, 'testAccuracy' | 'testLoss' | 'seconds' | 'samplesPerSecond'> {
  return { ...testScores(epochs.at(-1)?.validation), samplesPerSecond, seconds };
}

function testScores({ loss, accuracy = Number.NaN }: Scores = { loss: Number.NaN }) {
  return { testAccuracy: accuracy, testLoss: loss };
}

// The arguments of a fit, checked against the trainer.
import type { Dataset } from '@convoy/datasets';
import type { Plan } from '@convoy/layers/runtime';
import type { RunConfiguration, TrainerConfiguration } from '../checkpoint/snapshot.ts';
import { checkData } from '../loop/data-checks.ts';
import type { Callback } from './callback.ts';
import { type CheckedFitOptions, checkedOptions } from './checked-options.ts';
import { withFastDevRun } from './fast-dev-run.ts';
import type { FitOptions } from './fit-options.ts';
import { trainingPart } from './training-part.ts';

export interface CheckedFit {
  /** The part of the data that is trained on. */
  readonly train: Dataset;
  readonly options: CheckedFitOptions;
  readonly configuration: RunConfiguration;
}

/**
 * @param of the method that has these options
 * @param callback comes after those of the options
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_DATA, CONVOY_INVALID_OPTION
 */
export function checkedFit(
  of: string,
  data: Dataset,
  fitOptions: FitOptions,
  configuration: TrainerConfiguration,
  plan: Plan,
  callback?: Callback,
): CheckedFit {
  const { batchSize } = configuration;
  const given = checkedOptions(of, fitOptions, plan);
  const callbacks = callback ? given.callbacks.with(callback) : given.callbacks;
  const options = withFastDevRun({ ...given, callbacks }, batchSize);
  const { validation, shuffle, augment, overfitBatches } = options;
  checkData('training data', data, plan);
  if (validation) checkData('validation data', validation, plan);
  const train = trainingPart(data, overfitBatches, batchSize);
  const run = { ...configuration, shuffle, samples: train.length };
  return { train, options, configuration: augment ? { ...run, augment } : run };
}

// The arguments of a fit, checked against the trainer.
import type { Dataset } from '@convoy/datasets';
import type { Plan } from '@convoy/layers/runtime';
import { positiveInteger } from '@convoy/tensor';
import type { RunConfiguration, TrainerConfiguration } from '../checkpoint/snapshot.ts';
import { checkData } from '../loop/data-checks.ts';
import { stateArrayOf } from '../loop/weights.ts';
import { withFastDevRun } from './fast-dev-run.ts';
import type { FitOptions } from './fit-options.ts';
import { trainingPart } from './training-part.ts';

export interface CheckedFit {
  /** The part of the data that is trained on. */
  readonly train: Dataset;
  readonly options: FitOptions;
  readonly configuration: RunConfiguration;
  /** The number of the array of the training state that is validated. */
  readonly validationArray: number;
}

/** @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_DATA, CONVOY_DATASET_TOO_SMALL, CONVOY_INVALID_OPTION */
export function checkedFit(
  data: Dataset,
  fitOptions: FitOptions,
  configuration: TrainerConfiguration,
  plan: Plan,
): CheckedFit {
  positiveInteger('epochs', fitOptions.epochs);
  const { batchSize } = configuration;
  const options = withFastDevRun(fitOptions, batchSize);
  const { validation, validationWeights, shuffle = true } = options;
  const train = trainingPart(data, options, batchSize);
  checkData('training data', train, plan);
  if (validation) checkData('validation data', validation, plan);
  return {
    train,
    options,
    configuration: { ...configuration, shuffle, samples: train.length },
    validationArray: stateArrayOf(plan, validationWeights),
  };
}

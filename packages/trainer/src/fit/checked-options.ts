// The options of a fit, checked one by one.
import { checkDataset } from '@convoy/datasets';
import type { Plan } from '@convoy/layers/runtime';
import { positiveInteger } from '@convoy/tensor';
import { checkOptions, flag, numberIn, type OptionCheck, optional, text } from '@convoy/tensor/checks';
import { abortSignal } from '../loop/abort-signal.ts';
import { augmentOption } from '../loop/augment-option.ts';
import { weightsOf } from '../loop/weights.ts';
import { Callbacks } from './callbacks.ts';
import type { FitOptions } from './fit-options.ts';

export type CheckedFitOptions = ReturnType<typeof checkedOptions>;

/**
 * @param of the method that has these options
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_INVALID_DATA
 */
export const checkedOptions = (of: string, options: FitOptions, plan: Plan) =>
  checkOptions(of, options, {
    epochs: positiveInteger,
    validation: optional(checkDataset),
    /** The number of the array of the training state that is validated. */
    validationWeights: weightsOf(plan),
    callbacks: Callbacks.check,
    signal: optional(abortSignal),
    shuffle: optional(flag, true),
    augment: optional(augmentOption),
    maxSteps: optional(positiveInteger),
    maxSeconds: optional(numberIn({ above: 0 })),
    overfitBatches: optional(positiveInteger),
    fastDevRun: batchesOfFastDevRun,
    resume: optional(text),
  });

/** The number of batches; undefined for a fit that is not only tried out. */
const batchesOfFastDevRun: OptionCheck<number | undefined> = (name, value = false) => {
  if (typeof value === 'number') return positiveInteger(name, value);
  return flag(name, value) ? 1 : undefined;
};

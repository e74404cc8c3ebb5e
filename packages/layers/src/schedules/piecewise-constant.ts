// Learning rates that change at given steps.
import { ConvoyError } from '@convoy/tensor';
import { float32In, listOf, positiveInteger } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { defineSchedule } from '../schedule.ts';

/** Options of `piecewiseConstant`. */
export interface PiecewiseConstantOptions {
  /** The steps at which the next learning rate starts to apply, in rising order. */
  readonly boundaries: readonly number[];
  /** The learning rates, each 0 or more; one more than boundaries. */
  readonly learningRates: readonly number[];
}

/**
 * η = learningRates[i], where i is the number of boundaries up to the step. With learning rates that fall by a constant factor, this is PyTorch's
 * `MultiStepLR`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 * @example piecewiseConstant({ boundaries: [1000, 2000], learningRates: [0.1, 0.01, 0.001] })
 */
export const piecewiseConstant = defineSchedule<PiecewiseConstantOptions, PiecewiseConstantOptions>({
  type: 'piecewiseConstant',

  settings(check) {
    const { boundaries, learningRates } = check({
      boundaries: listOf(positiveInteger),
      learningRates: listOf(float32In({ atLeast: 0 })),
    });
    const rising = boundaries.every((step, i) => i === 0 || step > (boundaries[i - 1] as number));
    if (!rising) throw invalid('boundaries', boundaries, 'steps that rise');
    if (learningRates.length === boundaries.length + 1) {
      return { boundaries: Object.freeze(boundaries), learningRates: Object.freeze(learningRates) };
    }
    throw invalid('learningRates', learningRates, `${boundaries.length + 1} of them, one more than boundaries`);
  },

  learningRate({ boundaries, learningRates }, step) {
    const next = boundaries.findIndex((boundary) => step < boundary);
    // After the last boundary this is −1, the index of the last learning rate.
    return learningRates.at(next) as number;
  },
});

const invalid = (name: string, given: unknown, expected: string) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(given)}`,
    expected,
    fix: 'Pass for example boundaries: [1000, 2000] with learningRates: [0.1, 0.01, 0.001].',
  });

// Learning rates that change at given steps.
import { ConvoyError, finiteNumber, positiveInteger } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { defineSchedule } from '../schedule.ts';

export interface PiecewiseConstantOptions {
  /** The steps at which the next learning rate takes over, rising. */
  readonly boundaries: readonly number[];
  /** The learning rates, 0 or more each, one more than there are boundaries. */
  readonly learningRates: readonly number[];
}

/**
 * η = learningRates[i], where i counts the boundaries that are not above the step. With falling powers of a factor this is PyTorch's
 * `MultiStepLR`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const piecewiseConstant = defineSchedule<PiecewiseConstantOptions, PiecewiseConstantOptions>({
  type: 'piecewiseConstant',

  settings({ boundaries, learningRates }) {
    const steps = listOf('boundaries', boundaries, positiveInteger);
    const rates = listOf('learningRates', learningRates, (name, rate) => finiteNumber(name, rate, { atLeast: 0 }));
    const rising = steps.every((step, i) => i === 0 || step > (steps[i - 1] as number));
    if (!rising) throw invalid('boundaries', boundaries, 'steps that rise');
    if (rates.length !== steps.length + 1) {
      throw invalid('learningRates', learningRates, `${steps.length + 1} of them, one more than boundaries`);
    }
    return { boundaries: steps, learningRates: rates };
  },

  learningRate({ boundaries, learningRates }, step) {
    const next = boundaries.findIndex((boundary) => step < boundary);
    // Behind the last boundary that is −1, which stands for the last learning rate.
    return learningRates.at(next) as number;
  },
});

function listOf(name: string, given: unknown, check: (name: string, value: unknown) => number): readonly number[] {
  if (!Array.isArray(given)) throw invalid(name, given, 'a list of numbers');
  return Object.freeze(given.map((value, i) => check(`${name}[${i}]`, value)));
}

const invalid = (name: string, given: unknown, expected: string) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(given)}`,
    expected,
    fix: 'Pass for example boundaries: [1000, 2000] with learningRates: [0.1, 0.01, 0.001].',
  });

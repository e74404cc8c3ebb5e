// A constant learning rate.
import { finiteNumber } from '@convoy/tensor';
import { defineSchedule } from '../schedule.ts';

/** Options of `constantSchedule`. */
export interface ConstantScheduleOptions {
  /** η, 0 or more. */
  readonly learningRate: number;
}

/** The same learning rate at every step. A plain number as `learningRate` does the same. @throws ConvoyError CONVOY_INVALID_OPTION */
export const constantSchedule = defineSchedule<ConstantScheduleOptions, ConstantScheduleOptions>({
  type: 'constant',
  settings: ({ learningRate }) => ({ learningRate: finiteNumber('learningRate', learningRate, { atLeast: 0 }) }),
  learningRate: ({ learningRate }) => learningRate,
});

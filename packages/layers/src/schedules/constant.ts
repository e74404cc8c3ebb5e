// A learning rate that stays.
import { finiteNumber } from '@convoy/tensor';
import { defineSchedule } from '../schedule.ts';

export interface ConstantScheduleOptions {
  /** η, 0 or more. */
  readonly learningRate: number;
}

/** η at every step; the number alone says the same. @throws ConvoyError CONVOY_INVALID_OPTION */
export const constantSchedule = defineSchedule<ConstantScheduleOptions, ConstantScheduleOptions>({
  type: 'constant',
  settings: ({ learningRate }) => ({ learningRate: finiteNumber('learningRate', learningRate, { atLeast: 0 }) }),
  learningRate: ({ learningRate }) => learningRate,
});

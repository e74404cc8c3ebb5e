// A constant learning rate.
import { float32In } from '@convoy/tensor/checks';
import { defineSchedule } from '../schedule.ts';

/** Options of `constantSchedule`. */
export interface ConstantScheduleOptions {
  /** η, 0 or more. */
  readonly learningRate: number;
}

/** The same learning rate at every step. A plain number as `learningRate` does the same. @throws ConvoyError CONVOY_INVALID_OPTION */
export const constantSchedule = defineSchedule<ConstantScheduleOptions, ConstantScheduleOptions>({
  type: 'constant',
  settings: (check) => check({ learningRate: float32In({ atLeast: 0 }) }),
  learningRate: ({ learningRate }) => learningRate,
});

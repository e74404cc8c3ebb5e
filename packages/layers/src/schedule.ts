// What a schedule is: the learning rate as a function of the step, as a plain description and a definition, or as any function.
import { ConvoyError, finiteNumber } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { Registry } from './registry.ts';

/** A schedule as a plain, structured-clonable description. */
export interface ScheduleDescription {
  readonly type: string;
  readonly settings: object;
}

/**
 * The learning rate of each step; steps count from 0. A function is called on the main thread only. It must return the same number for a
 * step whenever it is asked, since a resumed run asks again; a description of an optimizer that holds one cannot be cloned or saved.
 */
export type Schedule = ScheduleDescription | ((step: number) => number);

/** The same at every step, or by a schedule. */
export type LearningRate = number | Schedule;

export interface ScheduleDefinition<Settings extends object = object> {
  readonly type: string;
  /** Finite and 0 or more, for every step from 0 on. */
  learningRate(settings: Settings, step: number): number;
}

const registry = new Registry<ScheduleDefinition>('schedule');

/** Makes a schedule's definition known and returns the function that describes it. */
export function defineSchedule<Options, Settings extends object>(
  definition: ScheduleDefinition<Settings> & { settings(options: Options): Settings },
): (options: Options) => ScheduleDescription {
  // A definition only ever sees settings that its own `settings` made.
  registry.add(definition as unknown as ScheduleDefinition);
  return (options) => Object.freeze({ type: definition.type, settings: Object.freeze(definition.settings(options)) });
}

/**
 * A learning rate that was given as an option.
 * @throws ConvoyError CONVOY_INVALID_OPTION, or CONVOY_UNKNOWN_NAME if it is a schedule that nobody has defined
 */
export function checkedLearningRate(name: string, given: unknown): LearningRate {
  if (typeof given === 'number') return finiteNumber(name, given, { atLeast: 0 });
  if (typeof given === 'function') return given as Schedule;
  if (isDescription(given)) {
    registry.get(given);
    return given;
  }
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(given)}`,
    expected: 'a finite number of 0 or more, a schedule, or a function of the step',
    fix: `Pass ${name}, for example ${name}: 0.01 or ${name}: cosineDecay({ initialLearningRate: 0.01, decaySteps: 1000 }).`,
  });
}

/** The learning rate of a step, unchecked: for schedules that wrap another one, whose steps may count from elsewhere. */
export function evaluate(rate: LearningRate, step: number): number {
  if (typeof rate === 'number') return rate;
  return typeof rate === 'function' ? rate(step) : registry.get(rate).learningRate(rate.settings, step);
}

/** @throws ConvoyError CONVOY_INVALID_OPTION if what a schedule gives is no learning rate */
export function rateAt(rate: LearningRate, step: number): number {
  const given = evaluate(rate, step);
  // A trainer asks for thousands of steps at a time: what says which one it was is written only if it is wrong.
  return Number.isFinite(given) && given >= 0
    ? given
    : finiteNumber(`the learning rate of step ${step}`, given, { atLeast: 0 });
}

const isDescription = (value: unknown): value is ScheduleDescription =>
  typeof value === 'object' && value !== null && 'type' in value;

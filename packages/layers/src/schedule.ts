// What a schedule is: the learning rate as a function of the step, either as a plain description with a definition, or as a plain function.
import { ConvoyError } from '@convoy/tensor';
import { isFunction, isObject } from '@convoy/tensor/builtins';
import { float32Number, functionOf, type OptionCheck, type OptionsParameter } from '@convoy/tensor/checks';
import { checkDefinition, describe, inDefinition, Registry, type WithSettings } from '@convoy/tensor/definitions';
import { describeValue } from '@convoy/tensor/errors';

/** A schedule as a plain description that can be cloned and saved. */
export interface ScheduleDescription {
  readonly type: string;
  readonly settings: object;
}

/**
 * The learning rate of each step; steps count from 0. A function is called on the main thread only. It must always return the same number for the same
 * step, because a resumed run calls it again. An optimizer with a function cannot be cloned or saved.
 */
export type Schedule = ScheduleDescription | ((step: number) => number);

/** A constant learning rate, or a schedule. */
export type LearningRate = number | Schedule;

/** Gives a type of schedule its meaning; see `defineSchedule`. */
export interface ScheduleDefinition<Settings extends object = object> {
  readonly type: string;
  /** The learning rate of a step: a number of 0 or more that is finite as float32. Steps count from 0. */
  learningRate(settings: Settings, step: number): number;
}

const registry = new Registry<ScheduleDefinition>(
  'a schedule',
  'cosineDecay({ initialLearningRate: 0.01, decaySteps: 1000 })',
);

/**
 * Registers a schedule, and returns the function that describes it.
 * @throws ConvoyError CONVOY_INVALID_OPTION for a definition that lacks a part
 */
export function defineSchedule<Options, Settings extends object>(
  definition: ScheduleDefinition<Settings> & WithSettings<Options, Settings>,
): (...options: OptionsParameter<Options>) => ScheduleDescription {
  checkDefinition(definition, { settings: functionOf(), learningRate: functionOf() });
  // A definition only gets settings that its own `settings` has made.
  registry.add(definition as unknown as ScheduleDefinition);
  return (options?: Options) => describe(definition, options);
}

/** The check of an option that is a learning rate. @throws ConvoyError CONVOY_UNKNOWN_NAME for a schedule of an unknown type */
export const checkLearningRate: OptionCheck<LearningRate> = (name, value) => {
  if (typeof value === 'number') return float32Number(name, value, { atLeast: 0 });
  if (isFunction(value)) return value as Schedule;
  if (isObject(value) && 'type' in value) {
    registry.get(value as ScheduleDescription, name);
    return value as ScheduleDescription;
  }
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'a finite number of 0 or more, a schedule, or a function of the step',
    fix: `Pass ${name}, for example ${name}: 0.01 or ${name}: cosineDecay({ initialLearningRate: 0.01, decaySteps: 1000 }).`,
  });
};

/** The learning rate of a step, not checked: for schedules that wrap another one, whose steps may count from another step. */
export function evaluate(rate: LearningRate, step: number): number {
  if (typeof rate === 'number') return rate;
  if (typeof rate === 'function') return rate(step);
  const definition = registry.get(rate);
  return inDefinition(`the schedule ${rate.type}`, () => definition.learningRate(rate.settings, step));
}

/**
 * The learning rate of a step.
 * @throws ConvoyError CONVOY_INVALID_OPTION if a schedule returns anything else than a number of 0 or more that is
 * finite as float32
 */
export function rateAt(rate: LearningRate, step: number): number {
  const given = evaluate(rate, step);
  // A trainer asks for thousands of steps at once: the name for a message is made only for an invalid number.
  return typeof given === 'number' && Number.isFinite(Math.fround(given)) && given >= 0
    ? given
    : float32Number(`the learning rate of step ${step}`, given, { atLeast: 0 });
}

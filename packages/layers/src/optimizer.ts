// What an optimizer is: a plain description, and a definition with an update rule. Schedules, clipping and the average of the parameters are options of
// all optimizers; definitions need not implement them.
import { averaged, type UpdateRule } from '@convoy/kernels';
import { ConvoyError } from '@convoy/tensor';
import {
  checkValues,
  float32In,
  functionOf,
  nonNegativeInteger,
  numberIn,
  type OptionChecker,
  type OptionChecks,
  type OptionsParameter,
  optional,
  optionChecker,
} from '@convoy/tensor/checks';
import { checkDefinition, Registry, settingsFrom } from '@convoy/tensor/definitions';
import { describeValue } from '@convoy/tensor/errors';
import { checkLearningRate, type LearningRate, rateAt } from './schedule.ts';

/** An optimizer as a plain description. It can be cloned and saved, unless its learning rate is a function. */
export interface Optimizer {
  readonly type: string;
  readonly settings: OptimizerSettings;
}

/** Options that every optimizer takes. */
export interface OptimizerOptions {
  /** η: a number of 0 or more, a schedule, or a function of the step, which counts from 0. */
  readonly learningRate?: LearningRate;
  /** c, above 0: first of all, each gradient is limited to −c … c. Default: no limit. */
  readonly clipValue?: number;
  /**
   * c, above 0: all gradients are multiplied by min(1, c / (‖g‖ + 1e-6)), where ‖g‖ is their global norm, as PyTorch's `clip_grad_norm_` does. This
   * takes one more pass over the gradients. Default: no limit.
   */
  readonly globalClipNorm?: number;
  /**
   * d, from 0 to below 1: keeps a moving average of the parameters, a ← d·a + (1 − d)·w after each step, in the slot `average`. It starts from the
   * initial parameters. Default: no average.
   */
  readonly averageDecay?: number;
}

/** The checked options. */
export interface OptimizerSettings {
  readonly learningRate: LearningRate;
  readonly clipValue: number | undefined;
  readonly globalClipNorm: number | undefined;
  readonly averageDecay: number | undefined;
}

/** An optimizer's meaning, as plans, learners and trainers use it. */
export interface OptimizerDefinition {
  readonly type: string;
  /** How parameters change, given their clipped gradients. */
  rule(settings: OptimizerSettings): UpdateRule;
  /**
   * The numbers of one step, in the order of the rule's hyperparameters. Steps count from 0.
   * @param factor multiplies the learning rate, for callbacks that change it during a run
   * @throws ConvoyError CONVOY_INVALID_OPTION if a schedule returns an invalid learning rate
   */
  hyperparameters(settings: OptimizerSettings, step: number, factor?: number): readonly number[];
}

/** The definition of an optimizer, as `defineOptimizer` takes it. */
export interface OptimizerForm<
  Options extends OptimizerOptions,
  Settings extends object,
  Name extends string = string,
> {
  readonly type: string;
  /** The default of the option `learningRate`; without it, the option is required. */
  readonly learningRate?: number;
  /**
   * The settings that only this optimizer has. `check` takes a table with a check for each of its own options, and
   * returns the checked values. It rejects all other options, except those of all optimizers.
   */
  settings(check: OptionChecker<OwnOptimizerOptions<Options>>): Settings;
  rule(settings: Settings): UpdateRule<string, Name>;
  /** The numbers of the rule's hyperparameters, by name. Steps count from 0. */
  numbers(settings: Settings, learningRate: number, step: number): Readonly<Record<Name, number>>;
}

/** The hyperparameter that `averaged` adds to the rule that it wraps. */
const AVERAGE_RATE = 'averageRate';

const registry = new Registry<OptimizerDefinition>('an optimizer', 'sgd({ learningRate: 0.01 })');

/** The options that only this optimizer has. */
export type OwnOptimizerOptions<Options extends OptimizerOptions> = Omit<Options, keyof OptimizerOptions>;

/**
 * Registers an optimizer, and returns the function that describes it. It has the options of all optimizers.
 * @throws ConvoyError CONVOY_INVALID_OPTION for a definition that lacks a part
 */
export function defineOptimizer<
  Options extends OptimizerOptions,
  Settings extends object,
  Name extends string = string,
>(form: OptimizerForm<Options, Settings, Name>): (...options: OptionsParameter<Options>) => Optimizer {
  checkDefinition(form, {
    learningRate: optional(checkLearningRate),
    settings: functionOf(),
    rule: functionOf(),
    numbers: functionOf(),
  });
  // A definition only gets settings that its own `settings` has made.
  const own = (settings: OptimizerSettings) => settings as unknown as Settings;
  const rule = (settings: OptimizerSettings): UpdateRule =>
    settings.averageDecay === undefined ? form.rule(own(settings)) : averaged(form.rule(own(settings)));
  const names = new WeakMap<OptimizerSettings, readonly string[]>();
  const namesOf = (settings: OptimizerSettings): readonly string[] => {
    const known = names.get(settings) ?? rule(settings).hyperparameters;
    names.set(settings, known);
    return known;
  };
  registry.add({
    type: form.type,
    rule,
    hyperparameters(settings, step, factor = 1) {
      const learningRate = factor * rateAt(settings.learningRate, step);
      const numbers: Readonly<Record<string, number>> = form.numbers(own(settings), learningRate, step);
      return namesOf(settings).map((name) => {
        const number = name === AVERAGE_RATE ? 1 - (settings.averageDecay ?? 0) : numbers[name];
        return isFloat32(number) ? number : notFloat32(form.type, name, number, step);
      });
    },
  });
  const common = {
    learningRate: form.learningRate === undefined ? checkLearningRate : optional(checkLearningRate, form.learningRate),
    clipValue: optional(float32In({ above: 0 })),
    globalClipNorm: optional(float32In({ above: 0 })),
    averageDecay: optional(numberIn({ atLeast: 0, below: 1 })),
  } satisfies OptionChecks<OptimizerOptions>;
  return (options?: Options) => {
    const check = optionChecker<OwnOptimizerOptions<Options>>(form.type, options, Object.keys(common));
    const own = settingsFrom(form.type, () => form.settings(check));
    const settings = Object.freeze({ ...checkValues({ ...options }, common), ...own });
    return Object.freeze({ type: form.type, settings });
  };
}

/** Kernels get hyperparameters as float32: a number that is too large would become infinite, like the parameters. */
const isFloat32 = (number: unknown): number is number =>
  typeof number === 'number' && Number.isFinite(Math.fround(number));

function notFloat32(type: string, name: string, number: unknown, step: number): never {
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `the optimizer ${type}, whose ${name} at step ${step} is ${describeValue(number)}`,
    expected: 'a number that is finite as float32, at most about 3.4e38',
    fix: 'Pass the optimizer a smaller learning rate, or correct its definition.',
  });
}

/**
 * @param name what messages call the optimizer
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME
 */
export const optimizerDefinitionOf = (optimizer: Optimizer, name?: string): OptimizerDefinition =>
  registry.get(optimizer, name);

/**
 * The numbers of an optimizer's hyperparameters at a step, in the order of its rule. Steps count from 0; all steps have the same number of them.
 * @param learningRateFactor multiplies the learning rate
 * @throws ConvoyError CONVOY_INVALID_OPTION if a schedule returns an invalid learning rate
 */
export const hyperparametersOf = (optimizer: Optimizer, step: number, learningRateFactor = 1): readonly number[] =>
  optimizerDefinitionOf(optimizer).hyperparameters(optimizer.settings, step, learningRateFactor);

/**
 * The learning rate of a step. Steps count from 0.
 * @throws ConvoyError CONVOY_INVALID_OPTION, also if a schedule returns an invalid learning rate
 */
export function learningRateAt(optimizer: Optimizer, step: number): number {
  registry.get(optimizer, 'optimizer');
  return rateAt(optimizer.settings.learningRate, nonNegativeInteger('step', step, Number.MAX_SAFE_INTEGER));
}

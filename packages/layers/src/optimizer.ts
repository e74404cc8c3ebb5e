// What an optimizer is: a plain description, and a definition whose rule is fused with the sum of the shards' gradients. Schedules, clipping
// and the average of the parameters are options of all optimizers, so no definition knows of them.
import { averaged, type UpdateRule } from '@convoy/kernels';
import { finiteNumber } from '@convoy/tensor';
import { Registry } from './registry.ts';
import { checkedLearningRate, type LearningRate, rateAt } from './schedule.ts';

/** An optimizer as a plain description: structured-clonable, unless its learning rate is a function. */
export interface Optimizer {
  readonly type: string;
  readonly settings: OptimizerSettings;
}

/** Options that every optimizer takes. */
export interface OptimizerOptions {
  /** η: a number of 0 or more, a schedule, or a function of the step, which counts from 0. */
  readonly learningRate?: LearningRate;
  /** c, above 0: each number of the gradient is brought into ± c, before anything else. Default: none is. */
  readonly clipValue?: number;
  /**
   * c, above 0: the gradient of all parameters together is multiplied by min(1, c / (‖g‖ + 1e-6)), as PyTorch's `clip_grad_norm_` does. This
   * takes a pass over the gradients of its own. Default: it is not.
   */
  readonly globalClipNorm?: number;
  /**
   * d, from 0 to below 1: keeps the moving average a ← d·a + (1 − d)·w of the parameters w after each step, in the slot `average`, which
   * starts from the initial parameters. Default: none is kept.
   */
  readonly averageDecay?: number;
}

/** The same, checked. */
export interface OptimizerSettings {
  readonly learningRate: LearningRate;
  readonly clipValue: number | undefined;
  readonly globalClipNorm: number | undefined;
  readonly averageDecay: number | undefined;
}

/** What plans, learners and trainers know of an optimizer. */
export interface OptimizerDefinition {
  readonly type: string;
  /** How parameters change, given their gradients as they are after clipping. */
  rule(settings: OptimizerSettings): UpdateRule;
  /**
   * The numbers of one step, in the order in which the rule takes them. Steps count from 0.
   * @param factor multiplies the learning rate: for whoever lowers it while a run goes on
   * @throws ConvoyError CONVOY_INVALID_OPTION if a schedule gives a number that is no learning rate
   */
  hyperparameters(settings: OptimizerSettings, step: number, factor?: number): readonly number[];
}

/** An optimizer as its own file writes it. */
export interface OptimizerForm<Options extends OptimizerOptions, Settings extends object, Name extends string> {
  readonly type: string;
  /** The default of the option; without one it must be given. */
  readonly learningRate?: number;
  /** Checks the options that only this optimizer has, and fills in the defaults. */
  settings(options: Options): Settings;
  rule(settings: Settings): UpdateRule<string, Name>;
  /** What the rule takes at a step, which counts from 0. */
  numbers(settings: Settings, learningRate: number, step: number): Readonly<Record<Name, number>>;
}

/** What `averaged` takes besides the numbers of the rule that it wraps. */
const AVERAGE_RATE = 'averageRate';

const registry = new Registry<OptimizerDefinition>('optimizer');

/** Makes an optimizer known and returns the function that describes it. */
export function defineOptimizer<Options extends OptimizerOptions, Settings extends object, Name extends string>(
  form: OptimizerForm<Options, Settings, Name>,
): (options: Options) => Optimizer {
  // A definition only ever sees settings that its own `settings` made.
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
      return namesOf(settings).map((name) =>
        name === AVERAGE_RATE ? 1 - (settings.averageDecay ?? 0) : (numbers[name] as number),
      );
    },
  });
  return (options) => {
    const settings = { ...commonSettings(options, form.learningRate), ...form.settings(options) };
    return Object.freeze({ type: form.type, settings: Object.freeze(settings) });
  };
}

/** @throws ConvoyError CONVOY_UNKNOWN_NAME */
export const optimizerDefinitionOf = (optimizer: Optimizer): OptimizerDefinition => registry.get(optimizer);

/**
 * The numbers that the optimizer's rule takes at a step, which counts from 0; their count is the same for all steps.
 * @param learningRateFactor multiplies the learning rate
 * @throws ConvoyError CONVOY_INVALID_OPTION if a schedule gives a number that is no learning rate
 */
export const hyperparametersOf = (optimizer: Optimizer, step: number, learningRateFactor = 1): readonly number[] =>
  optimizerDefinitionOf(optimizer).hyperparameters(optimizer.settings, step, learningRateFactor);

/**
 * The learning rate of a step, which counts from 0.
 * @throws ConvoyError CONVOY_INVALID_OPTION if a schedule gives a number that is no learning rate
 */
export const learningRateAt = ({ settings }: Optimizer, step: number): number => rateAt(settings.learningRate, step);

function commonSettings(options: OptimizerOptions, defaultRate: number | undefined): OptimizerSettings {
  const { learningRate = defaultRate, clipValue, globalClipNorm, averageDecay } = options;
  const positive = (name: string, value: number | undefined) =>
    value === undefined ? undefined : finiteNumber(name, value, { above: 0 });
  return {
    learningRate: checkedLearningRate('learningRate', learningRate),
    clipValue: positive('clipValue', clipValue),
    globalClipNorm: positive('globalClipNorm', globalClipNorm),
    averageDecay:
      averageDecay === undefined ? undefined : finiteNumber('averageDecay', averageDecay, { atLeast: 0, below: 1 }),
  };
}

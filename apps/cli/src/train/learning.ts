// How a run learns: from options to an optimizer with its learning rate schedule.
import {
  adam,
  adamW,
  cosineDecay,
  exponentialDecay,
  type LearningRate,
  type Optimizer,
  type OptimizerOptions,
  oneCycle,
  rmsprop,
  type ScheduleDescription,
  type SgdOptions,
  sgd,
  stepDecay,
  warmUp,
} from '@convoy/layers';
import { ConvoyError } from '@convoy/tensor/errors';
import { given } from './given.ts';
import { MAX_COUNT } from './option-values.ts';
import type { TrainOptions } from './options.ts';

export interface Learning {
  readonly optimizer: Optimizer;
  /** The options that it comes from, by name, with the library's defaults; without those that do not apply. */
  readonly settings: Readonly<Record<string, string | number | true>>;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION if the run, or a decay, has more steps than can be counted */
export function learningOf(options: TrainOptions, stepsPerEpoch: number): Learning {
  const { momentum, nesterov, weightDecay, globalClipNorm, averageDecay } = options;
  const own = { momentum, nesterov: nesterov || undefined, weightDecay, globalClipNorm, averageDecay };
  const create = (learningRate: LearningRate | undefined) =>
    optimizers[options.optimizer](given({ learningRate, ...own }));
  const learningRate = options.learningRate ?? (create(undefined).settings.learningRate as number);
  const decayEpochs = options.decayEpochs ?? defaultDecayEpochs(options);
  checkSteps('--epochs', options.epochs, stepsPerEpoch);
  if (decayEpochs !== undefined) checkSteps('--decay-epochs', decayEpochs, stepsPerEpoch);
  const schedule = scheduleOf({ ...options, learningRate, decayEpochs }, stepsPerEpoch);
  const optimizer = create(schedule.learningRate);
  const all = { ...optimizer.settings, ...schedule.settings, ...given({ ...options, learningRate, decayEpochs }) };
  return { optimizer, settings: reported(all) };
}

function checkSteps(flag: string, epochs: number, stepsPerEpoch: number): void {
  if (epochs * stepsPerEpoch <= MAX_COUNT) return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${flag} ${epochs} with ${stepsPerEpoch} steps per epoch`,
    expected: `at most ${MAX_COUNT} steps`,
    fix: `Pass fewer epochs, or a greater --batch-size, which makes fewer steps.`,
  });
}

/** The library has no default for the learning rate of sgd. `parseOptions` has rejected what an optimizer does not take. */
const optimizers: Readonly<
  Record<
    TrainOptions['optimizer'],
    (options: OptimizerOptions & Pick<SgdOptions, 'momentum' | 'nesterov' | 'weightDecay'>) => Optimizer
  >
> = { sgd: (options) => sgd({ learningRate: 0.01, ...options }), adam, adamW, rmsprop };

/** What the output of a run shows, in this order. */
const REPORTED = [
  ...['optimizer', 'learningRate', 'momentum', 'nesterov', 'weightDecay', 'globalClipNorm', 'averageDecay'],
  ...['schedule', 'decayEpochs', 'decayRate', 'finalLearningRate', 'warmUp', 'labelSmoothing'],
];

function reported(all: Readonly<Record<string, unknown>>): Learning['settings'] {
  const entries = REPORTED.map((name) => [name, all[name]] as const);
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && value !== false),
  ) as Learning['settings'];
}

function defaultDecayEpochs({ schedule, epochs }: TrainOptions): number | undefined {
  if (schedule === 'stepDecay') return epochs / 3;
  return schedule === 'exponentialDecay' ? 1 : undefined;
}

interface Rates extends TrainOptions {
  readonly learningRate: number;
}

interface RunSchedule {
  readonly learningRate: LearningRate;
  /** Those of the schedule without its warm-up. */
  readonly settings: object;
}

/** The epochs of a warm-up count among those of the run, so the schedule gets the others. In one cycle it is the rise. */
function scheduleOf(rates: Rates, stepsPerEpoch: number): RunSchedule {
  const { schedule, epochs, learningRate, warmUp: rise } = rates;
  const totalSteps = epochs * stepsPerEpoch;
  if (schedule === 'oneCycle') {
    const increasing = rise !== undefined && { increasingFraction: rise / epochs };
    return { learningRate: oneCycle({ maxLearningRate: learningRate, totalSteps, ...increasing }), settings: {} };
  }
  const steps = rise === undefined ? 0 : wholeSteps(rise * stepsPerEpoch);
  const decay = decayOf(rates, stepsPerEpoch, totalSteps - steps);
  return {
    learningRate: steps === 0 ? decay : warmUp({ steps, learningRate: decay }),
    settings: typeof decay === 'number' ? {} : decay.settings,
  };
}

/** @param steps the steps of the whole decay */
function decayOf(rates: Rates, stepsPerEpoch: number, steps: number): ScheduleDescription | number {
  const { schedule, learningRate: initialLearningRate, decayEpochs = 1, decayRate, finalLearningRate } = rates;
  const decay = { initialLearningRate, decaySteps: wholeSteps(decayEpochs * stepsPerEpoch) };
  switch (schedule) {
    case 'stepDecay':
      return stepDecay({ ...decay, ...given({ decayRate }) });
    case 'exponentialDecay':
      return exponentialDecay({ ...decay, decayRate: decayRate ?? 0.9 });
    case 'cosineDecay':
      return cosineDecay({ initialLearningRate, decaySteps: wholeSteps(steps), ...given({ finalLearningRate }) });
    default:
      return initialLearningRate;
  }
}

/** A number of epochs may end within a step. */
const wholeSteps = (steps: number): number => Math.max(1, Math.round(steps));

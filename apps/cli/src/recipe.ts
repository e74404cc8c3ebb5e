// What a run's parameters depend on, besides the version of Convoy: the options with every default filled in, and the optimizer they ask for.
import {
  adam,
  adamW,
  cosineDecay,
  exponentialDecay,
  type LearningRate,
  type Model,
  modelCosts,
  type Optimizer,
  oneCycle,
  rmsprop,
  sgd,
  stepDecay,
  warmUp,
} from '@convoy/layers';
import type { DataParts } from './datasets.ts';
import type { TrainOptions } from './train-options.ts';

/** What an option does not apply to, or was not asked for, is undefined. */
export interface Recipe extends Learning {
  readonly model: string;
  /** How many numbers the model learns. */
  readonly parameters: number;
  readonly data: string;
  readonly trainSamples: number;
  readonly testSamples: number;
  readonly batchSize: number;
  readonly labelSmoothing: number | undefined;
  readonly seed: number;
}

/** What makes the optimizer. */
interface Learning {
  readonly epochs: number;
  readonly optimizer: TrainOptions['optimizer'];
  readonly learningRate: number;
  readonly momentum: number | undefined;
  readonly nesterov: true | undefined;
  readonly weightDecay: number;
  readonly schedule: TrainOptions['schedule'];
  readonly decayEpochs: number | undefined;
  readonly decayFactor: number | undefined;
  readonly finalLearningRate: number | undefined;
  /** Epochs. */
  readonly warmUp: number | undefined;
  readonly clipNorm: number | undefined;
  readonly average: number | undefined;
}

const OPTIMIZER_DEFAULTS = {
  sgd: { learningRate: 0.01, momentum: 0.9, weightDecay: 0 },
  adam: { learningRate: 0.001, momentum: undefined, weightDecay: 0 },
  adamW: { learningRate: 0.001, momentum: undefined, weightDecay: 0.01 },
  rmsprop: { learningRate: 0.01, momentum: 0, weightDecay: 0 },
} as const;

const NO_DECAY = { decayEpochs: undefined, decayFactor: undefined, finalLearningRate: undefined };

const scheduleDefaults = {
  constant: () => NO_DECAY,
  step: (epochs: number) => ({ ...NO_DECAY, decayEpochs: epochs / 3, decayFactor: 0.1 }),
  exponential: () => ({ ...NO_DECAY, decayEpochs: 1, decayFactor: 0.9 }),
  cosine: () => ({ ...NO_DECAY, finalLearningRate: 0 }),
  'one-cycle': () => NO_DECAY,
};

export function recipeOf(name: string, model: Model, data: DataParts, options: TrainOptions): Recipe {
  const { epochs, optimizer, schedule } = options;
  const own = OPTIMIZER_DEFAULTS[optimizer];
  const decay = scheduleDefaults[schedule](epochs);
  return {
    model: name,
    parameters: modelCosts(model).parameters,
    data: options.data,
    trainSamples: data.train.length,
    testSamples: data.test.length,
    epochs,
    batchSize: options.batchSize,
    optimizer,
    learningRate: options.learningRate ?? own.learningRate,
    momentum: options.momentum ?? own.momentum,
    nesterov: options.nesterov ? true : undefined,
    weightDecay: options.weightDecay ?? own.weightDecay,
    schedule,
    decayEpochs: options.decayEpochs ?? decay.decayEpochs,
    decayFactor: options.decayFactor ?? decay.decayFactor,
    finalLearningRate: options.finalLearningRate ?? decay.finalLearningRate,
    warmUp: options.warmUp,
    labelSmoothing: options.labelSmoothing,
    clipNorm: options.clipNorm,
    average: options.average,
    seed: options.seed,
  };
}

export function optimizerOf(learning: Learning, stepsPerEpoch: number): Optimizer {
  const { momentum = 0, nesterov = false, weightDecay, clipNorm, average } = learning;
  const common = {
    learningRate: learningRateOf(learning, stepsPerEpoch),
    weightDecay,
    ...(clipNorm !== undefined && { globalClipNorm: clipNorm }),
    ...(average !== undefined && { averageDecay: average }),
  };
  switch (learning.optimizer) {
    case 'sgd':
      return sgd({ ...common, momentum, nesterov });
    case 'adam':
      return adam(common);
    case 'adamW':
      return adamW(common);
    case 'rmsprop':
      return rmsprop({ ...common, momentum });
  }
}

/** A warm-up takes its epochs from those of the schedule behind it; in one cycle it is the rise. */
function learningRateOf(learning: Learning, stepsPerEpoch: number): LearningRate {
  const { schedule, epochs, learningRate, warmUp: rise } = learning;
  const totalSteps = epochs * stepsPerEpoch;
  if (schedule === 'one-cycle') {
    const increasing = rise !== undefined && { increasingFraction: rise / epochs };
    return oneCycle({ maxLearningRate: learningRate, totalSteps, ...increasing });
  }
  if (rise === undefined) return decayOf(learning, stepsPerEpoch, totalSteps);
  const steps = wholeSteps(rise * stepsPerEpoch);
  return warmUp({ steps, learningRate: decayOf(learning, stepsPerEpoch, totalSteps - steps) });
}

/** @param steps those that the schedule has */
function decayOf(learning: Learning, stepsPerEpoch: number, steps: number): LearningRate {
  const { schedule, learningRate: initialLearningRate, decayEpochs = 1, decayFactor = 1, finalLearningRate } = learning;
  const decay = { initialLearningRate, decaySteps: wholeSteps(decayEpochs * stepsPerEpoch), decayRate: decayFactor };
  switch (schedule) {
    case 'step':
      return stepDecay(decay);
    case 'exponential':
      return exponentialDecay(decay);
    case 'cosine':
      return cosineDecay({
        initialLearningRate,
        decaySteps: wholeSteps(steps),
        ...(finalLearningRate !== undefined && { finalLearningRate }),
      });
    default:
      return initialLearningRate;
  }
}

/** Parts of an epoch may have parts of a step. */
const wholeSteps = (steps: number): number => Math.max(1, Math.round(steps));

// The flags of `convoy train` have the names and the defaults of the library's options.
import { availableParallelism } from 'node:os';
import * as layers from '@convoy/layers';
import {
  type AdamOptions,
  adam,
  adamW,
  type CosineDecayOptions,
  cosineDecay,
  type ExponentialDecayOptions,
  exponentialDecay,
  type OptimizerOptions,
  oneCycle,
  type RmspropOptions,
  rmsprop,
  type SgdOptions,
  type SoftmaxCrossEntropyOptions,
  type StepDecayOptions,
  sgd,
  softmaxCrossEntropy,
  stepDecay,
} from '@convoy/layers';
import { createTrainer, type FitOptions, type TrainerOptions } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { flagOf } from '../src/process/flags.ts';
import { learningOf } from '../src/train/learning.ts';
import { options, type TrainOptions } from '../src/train/options.ts';
import { parseOptions } from '../src/train/parse-options.ts';
import { convoy } from './convoy.ts';

type LibraryOption =
  | keyof (OptimizerOptions & SgdOptions & AdamOptions & RmspropOptions)
  | keyof (StepDecayOptions & ExponentialDecayOptions & CosineDecayOptions)
  | keyof SoftmaxCrossEntropyOptions
  | keyof (TrainerOptions & FitOptions);

/** What the command adds: what to train, how much of it, and what to write where. */
const OWN = [
  ...(['data', 'dataDir', 'dataFormat', 'imageSize', 'channels', 'labelColumn', 'validationSplit', 'limit'] as const),
  // Its values are names of the library's functions. Epochs are counted here where the library counts steps.
  ...(['schedule', 'decayEpochs', 'warmUp'] as const),
  ...(['out', 'log', 'classReport', 'json', 'checkpoints', 'checkpointSteps'] as const),
];

/** A flag that is neither an option of the library nor listed above does not pass the type check. */
const LIBRARY = Object.keys(options).filter((name) => !(OWN as readonly string[]).includes(name)) as Exclude<
  keyof TrainOptions,
  (typeof OWN)[number]
>[] satisfies LibraryOption[];

/** The options of a command line, with the defaults that commander fills in. */
const parsed = (given: Readonly<Record<string, unknown>> = {}): TrainOptions =>
  parseOptions({
    ...Object.fromEntries(
      Object.entries(options).flatMap(([name, option]) => ('initial' in option ? [[name, option.initial]] : [])),
    ),
    data: 'mnist',
    ...given,
  });

const [EPOCHS, STEPS] = [4, 10];

describe('a flag', () => {
  it('has the name of an option of the library, or is one of the few that the library does not have', () => {
    expect(LIBRARY.map(flagOf)).toEqual([
      ...['--augment', '--epochs', '--batch-size', '--label-smoothing', '--seed', '--workers', '--simd'],
      ...['--optimizer', '--learning-rate', '--momentum', '--nesterov', '--weight-decay', '--global-clip-norm'],
      ...['--average-decay', '--decay-rate', '--final-learning-rate', '--resume', '--fast-dev-run'],
    ]);
  });

  it.each(['--clip-norm', '--average', '--decay-factor', '--report', '--beta3'])('%s is unknown', async (flag) => {
    const { code, stderr } = await convoy('train', 'lenet5', '--data', 'mnist', flag, '1');
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^error: Given the option "${flag}", which .* \\(CONVOY_INVALID_OPTION\\)\n$`));
  });
});

/** The whole numbers among the options, with their least and greatest values. */
const RANGES = [
  ...([
    ['limit', 1, 2 ** 31 - 1],
    ['epochs', 1, 1e6],
    ['batchSize', 1, 2 ** 31 - 1],
    ['workers', 1, 1024],
  ] as const),
  ...([
    ['seed', 0, 2 ** 53 - 1],
    ['checkpointSteps', 1, 2 ** 31 - 1],
    ['fastDevRun', 1, 2 ** 31 - 1],
  ] as const),
] as const;

describe('a whole number', () => {
  it.each(RANGES)('%s is from %d to %d', (name, least, greatest) => {
    const withValue = (value: number) => parsed({ [name]: String(value), checkpoints: 'directory' });
    expect(withValue(least)[name]).toBe(least);
    expect(withValue(greatest)[name]).toBe(greatest);
    for (const value of [least - 1, greatest + 1, least + 0.5, 2 ** 53, 1e300]) {
      expect(() => withValue(value)).toThrow(`expected a whole number from ${least} to ${greatest}, such as`);
    }
  });

  it('is listed above, if an option takes one', () => {
    const whole = Object.entries(options).filter(([, option]) => 'value' in option && option.value.includes('n>'));
    const optionally = Object.entries(options).filter(([, option]) => 'value' in option && option.value === '[n]');
    expect(RANGES.map(([name]) => name)).toEqual(
      expect.arrayContaining([...whole, ...optionally].map(([name]) => name)),
    );
  });
});

describe('the defaults', () => {
  it.each([
    ['sgd', sgd({ learningRate: 0.01 })],
    ['adam', adam()],
    ['adamW', adamW()],
    ['rmsprop', rmsprop()],
  ] as const)('of %s are those of the library', async (name, expected) => {
    const { optimizer, settings } = learningOf(parsed({ optimizer: name }), STEPS);
    expect(optimizer).toEqual(expected);
    const { learningRate, momentum, weightDecay } = expected.settings as unknown as TrainOptions;
    expect(settings).toEqual({
      ...{ optimizer: name, learningRate, weightDecay, schedule: 'constant' },
      ...(momentum !== undefined && { momentum }),
    });
    // The help tells them, as `default: 0; adamW: 0.01`.
    const { stdout } = await convoy('train', '--help');
    const defaultOf = (option: string) => {
      const [, text = ''] = stdout.replaceAll(/\s+/g, ' ').split(` ${flagOf(option)} `);
      const [, all = ''] = /^.*?\(default: (.*?)\)/.exec(text) ?? [];
      const own = all.split('; ').find((part) => part.split(/[:,] ?/).includes(name));
      return Number((own ?? all.split('; ')[0])?.split(': ').at(-1));
    };
    expect(defaultOf('learningRate')).toBe(learningRate);
    expect(defaultOf('weightDecay')).toBe(weightDecay);
    if (momentum !== undefined) expect(defaultOf('momentum')).toBe(momentum);
  });

  it.each([
    ['constant', 0.01],
    ['stepDecay', stepDecay({ initialLearningRate: 0.01, decaySteps: Math.round((EPOCHS * STEPS) / 3) })],
    ['exponentialDecay', exponentialDecay({ initialLearningRate: 0.01, decaySteps: STEPS, decayRate: 0.9 })],
    ['cosineDecay', cosineDecay({ initialLearningRate: 0.01, decaySteps: EPOCHS * STEPS })],
    ['oneCycle', oneCycle({ maxLearningRate: 0.01, totalSteps: EPOCHS * STEPS })],
  ] as const)('of the schedule %s are those of the library', (schedule, learningRate) => {
    const { optimizer, settings } = learningOf(parsed({ schedule }), STEPS);
    expect(optimizer).toEqual(sgd({ learningRate }));
    expect(settings).toMatchObject({ schedule, learningRate: 0.01 });
    if (schedule === 'constant') return;
    // The value of the flag is the name of the function.
    expect(learningRate.type).toBe(schedule);
    expect(layers).toHaveProperty(schedule);
    const { decayRate, finalLearningRate } = settings;
    const { decayRate: rate, finalLearningRate: final } = learningRate.settings as TrainOptions;
    expect([decayRate, finalLearningRate]).toEqual([rate, final]);
  });

  it('of the trainer are those of the library', async () => {
    const { workers, simd, seed, labelSmoothing = 0, batchSize, resume, fastDevRun } = parsed();
    expect({ simd, seed, resume, fastDevRun }).toEqual({
      simd: 'strict',
      seed: 0,
      resume: false,
      fastDevRun: undefined,
    });
    expect(softmaxCrossEntropy()).toEqual(softmaxCrossEntropy({ labelSmoothing }));
    await using trainer = await createTrainer({
      ...{ model: layers.lenet5(), loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.01 }), batchSize },
    });
    expect([trainer.workers, workers]).toEqual([availableParallelism(), availableParallelism()]);
  });
});

// Compares fifty steps with every optimizer, clipping and schedule with PyTorch. golden/optimizers.py made the numbers.
import { readFileSync } from 'node:fs';
import {
  adam,
  adamW,
  avgPool2d,
  conv2d,
  cosineDecay,
  createLearner,
  dense,
  exponentialDecay,
  flatten,
  learningRateAt,
  type Optimizer,
  oneCycle,
  piecewiseConstant,
  rmsprop,
  type Schedule,
  sequential,
  sgd,
  softmaxCrossEntropy,
  stepDecay,
  tanh,
  warmUp,
} from '@convoy/layers';
import { Tensor } from '@convoy/tensor';
import { expect, test } from 'vitest';

type Numbers = readonly number[];
type Parameters = Readonly<Record<string, Numbers>>;

interface Case {
  /** The loss before each step. */
  readonly losses: Numbers;
  /** After the last step. */
  readonly parameters: Parameters;
  readonly average?: Parameters;
  /** The learning rate of each step, in float64. */
  readonly learningRates?: Numbers;
}

interface Golden {
  /** (batches, samples, 1, 6, 6) */
  readonly inputs: Numbers;
  /** (batches, samples) */
  readonly labels: Numbers;
  readonly parameters: Parameters;
  readonly cases: Readonly<Record<string, Case>>;
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden/optimizers.json', import.meta.url), 'utf8'));

const STEPS = 50;
const BATCHES = 4;
const SAMPLES = 20;
/** Relative to the greatest number of each comparison. */
const TOLERANCE = 1e-5;

const model = sequential({ input: [1, 6, 6] }, [
  ...[conv2d({ filters: 3, kernelSize: 3 }), tanh(), avgPool2d({ size: 2 })],
  ...[flatten(), dense({ units: 8 }), tanh(), dense({ units: 3 })],
]);

/** The same model, with layers that have their own treatment by the optimizer. */
const apart = sequential({ input: [1, 6, 6] }, [
  ...[conv2d({ filters: 3, kernelSize: 3, learningRateFactor: 0.5 }), tanh(), avgPool2d({ size: 2 })],
  ...[flatten(), dense({ units: 8, frozen: true }), tanh(), dense({ units: 3, weightDecay: false })],
]);

const momentum = { learningRate: 0.05, momentum: 0.9 };
const adamOptions = { learningRate: 0.003, beta1: 0.8, beta2: 0.95, epsilon: 1e-4 };
const initialLearningRate = 0.05;
const scheduled = (learningRate: Schedule) => sgd({ learningRate, momentum: 0.5 });

const optimizers: Readonly<Record<string, Optimizer>> = {
  sgd: sgd({ learningRate: 0.05 }),
  'sgd, momentum': sgd(momentum),
  'sgd, nesterov': sgd({ ...momentum, nesterov: true }),
  'sgd, weight decay': sgd({ learningRate: 0.05, momentum: 0.5, weightDecay: 0.05 }),
  adam: adam(),
  'adam, all options': adam({ ...adamOptions, weightDecay: 0.05 }),
  adamW: adamW(),
  'adamW, all options': adamW({ ...adamOptions, weightDecay: 0.5 }),
  rmsprop: rmsprop({ learningRate: 0.001 }),
  'rmsprop, all options': rmsprop({ learningRate: 0.001, rho: 0.9, epsilon: 1e-4, momentum: 0.5, weightDecay: 0.05 }),
  'clip value': sgd({ ...momentum, clipValue: 0.01 }),
  'clip norm': sgd({ ...momentum, globalClipNorm: 0.1 }),
  'clip norm, adam': adam({ globalClipNorm: 0.1 }),
  'clip value and norm': sgd({ ...momentum, clipValue: 0.02, globalClipNorm: 0.1 }),
  average: adam({ learningRate: 0.003, averageDecay: 0.9 }),
  'layers apart': sgd({ ...momentum, weightDecay: 0.05, globalClipNorm: 0.1 }),
  'layers apart, adamW': adamW({ weightDecay: 0.5 }),
  'step decay': scheduled(stepDecay({ initialLearningRate, decaySteps: 15, decayRate: 0.5 })),
  'piecewise constant': scheduled(piecewiseConstant({ boundaries: [10, 30], learningRates: [0.05, 0.005, 0.0005] })),
  'exponential decay': scheduled(exponentialDecay({ initialLearningRate, decayRate: 0.95 })),
  'cosine decay': scheduled(cosineDecay({ initialLearningRate, decaySteps: STEPS, finalLearningRate: 0.001 })),
  'cosine decay, restarts': scheduled(cosineDecay({ initialLearningRate, decaySteps: 20, restarts: true })),
  'one cycle': scheduled(oneCycle({ maxLearningRate: 0.1, totalSteps: STEPS })),
  'warm-up': scheduled(warmUp({ steps: 10, learningRate: initialLearningRate })),
  'warm-up, cosine decay': scheduled(
    warmUp({ steps: 10, startFactor: 0.1, learningRate: cosineDecay({ initialLearningRate, decaySteps: 40 }) }),
  ),
};

const batches = Array.from({ length: BATCHES }, (_, i) => {
  const of = (numbers: Numbers) => numbers.slice((i * numbers.length) / BATCHES, ((i + 1) * numbers.length) / BATCHES);
  const inputs = new Tensor(Float32Array.from(of(golden.inputs)), [SAMPLES, ...model.input]);
  return { inputs, labels: of(golden.labels) };
});

test('every case of the script is here', () => {
  expect(Object.keys(optimizers)).toEqual(Object.keys(golden.cases));
});

test.each(Object.entries(optimizers))('%s has the losses and the parameters of PyTorch', (name, optimizer) => {
  const expected = golden.cases[name] as Case;
  const options = { model: name.startsWith('layers apart') ? apart : model, loss: softmaxCrossEntropy() };
  const learner = createLearner({ ...options, optimizer, batchSize: SAMPLES });
  learner.setParameters(
    [...learner.parameters()].map(([key, { shape }]) => [
      key,
      new Tensor(Float32Array.from(golden.parameters[key] as Numbers), shape),
    ]),
  );
  const losses = Array.from({ length: STEPS }, (_, step) => {
    const { inputs, labels } = batches[step % BATCHES] as (typeof batches)[number];
    return learner.train(inputs, labels).loss;
  });
  expectNear('the losses', losses, expected.losses);
  expectAllNear(learner.parameters(), expected.parameters);
  if (expected.average) expectAllNear(learner.slot('average'), expected.average);
});

test.each(Object.entries(golden.cases).filter(([, { learningRates }]) => learningRates))(
  '%s has the learning rates of PyTorch',
  (name, { learningRates = [] }) => {
    expect(learningRates).toHaveLength(STEPS);
    for (const [step, rate] of learningRates.entries()) {
      const actual = learningRateAt(optimizers[name] as Optimizer, step);
      expect(Math.abs(actual - rate), `step ${step}: ${actual} and ${rate}`).toBeLessThan(1e-12 * rate + 1e-16);
    }
  },
);

function expectAllNear(actual: ReadonlyMap<string, Tensor>, expected: Parameters): void {
  expect([...actual.keys()]).toEqual(Object.keys(expected));
  for (const [name, { data }] of actual) expectNear(name, data, expected[name] as Numbers);
}

function expectNear(what: string, actual: ArrayLike<number>, expected: Numbers): void {
  expect(actual.length, what).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  for (const [i, number] of expected.entries()) {
    const difference = Math.abs((actual[i] as number) - number);
    expect(difference / scale, `${what}, index ${i}: ${actual[i]} and ${number}`).toBeLessThanOrEqual(TOLERANCE);
  }
}

// Optimizers: compares the steps of a learner with steps in float64 on the same gradients, and checks the options.
import { lessThan, multiply, select, subtract } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { adam, adamW, defineOptimizer, type Optimizer, rmsprop, sgd } from '@convoy/layers';
import { optimizerDefinitionOf } from '@convoy/layers/compile';
import { describe, expect, test } from 'vitest';
import { expectClose, expectConvoyError } from './expectations.ts';
import { adamStep, type ReferenceStep, rmspropStep, type State, sgdStep } from './reference-steps.ts';
import { batch, inDoubles, learnerWith, takeSteps } from './steps.ts';

const momentum = { learningRate: 0.1, momentum: 0.9 };
const nesterov = { learningRate: 0.05, momentum: 0.8, nesterov: true };
const decaying = { learningRate: 0.2, weightDecay: 0.01 };
const everything = { learningRate: 0.1, momentum: 0.95, nesterov: true, weightDecay: 0.1 };
const betas = { learningRate: 0.01, beta1: 0.7, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1 };
const rho = { learningRate: 0.02, rho: 0.8, epsilon: 1e-3, momentum: 0.5, weightDecay: 0.1 };

describe.each<[title: string, optimizer: Optimizer, referenceStep: ReferenceStep]>([
  ['sgd', sgd({ learningRate: 0.1 }), sgdStep({ learningRate: 0.1 })],
  ['sgd with momentum', sgd(momentum), sgdStep(momentum)],
  ["sgd with Nesterov's momentum", sgd(nesterov), sgdStep(nesterov)],
  ['sgd with weight decay', sgd(decaying), sgdStep(decaying)],
  ['sgd with everything', sgd(everything), sgdStep(everything)],
  ['adam', adam(), adamStep({})],
  ['adam with everything', adam(betas), adamStep(betas)],
  ['adamW', adamW(), adamStep({ weightDecay: 0.01, decoupled: true })],
  ['adamW with everything', adamW(betas), adamStep({ ...betas, decoupled: true })],
  ['rmsprop', rmsprop(), rmspropStep({})],
  ['rmsprop with everything', rmsprop(rho), rmspropStep(rho)],
])('%s', (_, optimizer, referenceStep) => {
  // Eight shards; four shards, of which the last is not full; one block.
  test.each([64, 27, 8])('takes the steps of the reference on %i samples', (samples) => {
    const learner = learnerWith(optimizer);
    const states = new Map<string, State>();
    for (const [name, parameters] of inDoubles(learner.parameters())) states.set(name, { parameters });
    takeSteps(learner, 6, samples, (step, gradients) => {
      for (const [name, { data }] of learner.parameters()) {
        const state = referenceStep(step + 1, states.get(name) as State, gradients.get(name) as Float64Array);
        states.set(name, state);
        expectClose(`'${name}' after step ${step}`, data, state.parameters, 2e-6);
      }
    });
  });

  test('changes nothing with a learning rate of 0', () => {
    const learner = learnerWith({ ...optimizer, settings: { ...optimizer.settings, learningRate: 0 } });
    const before = learner.parameters();
    for (let step = 0; step < 3; step++) learner.train(...batch(20, step));
    expect(learner.parameters()).toEqual(before);
    expect(learner.step).toBe(3);
  });

  test('lowers the loss', () => {
    const learner = learnerWith(optimizer);
    const losses = Array.from({ length: 200 }, () => learner.train(...batch(64, 0)).loss);
    expect(losses.at(-1)).toBeLessThan(0.95 * (losses[0] as number));
  });
});

test('gradients and train report the same scores', () => {
  const learner = learnerWith(sgd({ learningRate: 0.1 }));
  const { scores } = learner.gradients(...batch(27, 0));
  expect(learner.step).toBe(0);
  expect(learner.train(...batch(27, 0))).toEqual(scores);
  expect(learner.step).toBe(1);
});

describe('slots', () => {
  test('can be read by name', () => {
    const learner = learnerWith(adam());
    takeSteps(learner, 1, 8, (_, gradients) => {
      for (const [name, gradient] of gradients) {
        const [mean, square] = ['mean', 'square'].map((slot) => learner.slot(slot).get(name)?.data as Float32Array);
        expectClose(
          'mean',
          mean as Float32Array,
          gradient.map((g) => 0.1 * g),
          1e-7,
        );
        expectClose(
          'square',
          square as Float32Array,
          gradient.map((g) => 0.001 * g * g),
          1e-9,
        );
      }
    });
    expectConvoyError(() => learner.slot('velocity'), 'CONVOY_UNKNOWN_NAME', 'the slot "velocity"');
    expectConvoyError(() => learner.slot('average'), 'CONVOY_UNKNOWN_NAME', 'the slot "average"');
  });

  test('keep their values when parameters are set', () => {
    const learner = learnerWith(sgd({ learningRate: 0.1, momentum: 0.5 }));
    takeSteps(learner, 2, 8, () => {});
    const velocity = learner.slot('velocity');
    learner.setParameters(learnerWith(sgd({ learningRate: 0.1 })).parameters());
    expect(learner.slot('velocity')).toEqual(velocity);
  });
});

describe('the numbers of a step', () => {
  const numbersOf = ({ type, settings }: Optimizer, step: number, factor?: number) =>
    optimizerDefinitionOf({ type, settings }).hyperparameters(settings, step, factor);

  test('include the corrections for averages that start from 0', () => {
    const optimizer = adam({ learningRate: 0.5, beta1: 0.75, beta2: 0.5, epsilon: 1e-3, weightDecay: 0.25 });
    expect(numbersOf(optimizer, 0)).toEqual([0.25, 0.5, 0.5, 2, 1 / Math.sqrt(0.5), 1e-3, 0.25]);
    expect(numbersOf(optimizer, 1)).toEqual([0.25, 0.5, 0.5, 0.5 / 0.4375, 1 / Math.sqrt(0.75), 1e-3, 0.25]);
    expect(numbersOf(optimizer, 1e6).slice(3, 5)).toEqual([0.5, 1]);
  });

  test('contain the learning rate of the schedule', () => {
    const optimizer = sgd({ learningRate: (step) => 1 / (step + 1), momentum: 0.5 });
    expect([0, 1, 9].map((step) => numbersOf(optimizer, step))).toEqual([
      [1, 0.5, 0],
      [0.5, 0.5, 0],
      [0.1, 0.5, 0],
    ]);
  });

  test('contain the learning rate times the factor, and nothing else times it', () => {
    expect(numbersOf(sgd({ learningRate: 0.5, momentum: 0.5, weightDecay: 0.1 }), 3, 0.5)).toEqual([0.25, 0.5, 0.1]);
    expect(numbersOf(rmsprop({ learningRate: () => 0.5, rho: 0.75 }), 3, 0.5)[0]).toBe(0.25);
    // The decoupled decay is proportional to the learning rate.
    const decayed = adamW({ learningRate: 0.5, beta1: 0, weightDecay: 0.5 });
    expect(numbersOf(decayed, 0, 0.5).at(3)).toBe(0.25);
    expect(numbersOf(decayed, 0, 0.5).at(-1)).toBe(0.125);
    expect(numbersOf(adam({ weightDecay: 0.5 }), 0, 0.5).at(-1)).toBe(0.5);
  });
});

test("a user's optimizer has the options of all optimizers", () => {
  const signSgd = defineOptimizer({
    type: 'signSgd',
    settings: (check) => check({}),
    rule: () => ({
      name: 'signSgd',
      slots: {},
      hyperparameters: ['learningRate'],
      ofLearningRate: ['learningRate'],
      ofWeightDecay: [],
      step: (_, { w, g }, { learningRate }) => ({
        w: subtract(w, multiply(learningRate, select(lessThan(0, g), 1, select(lessThan(g, 0), -1, 0)))),
        slots: {},
      }),
    }),
    numbers: (_, learningRate) => ({ learningRate }),
  });
  expectConvoyError(() => signSgd({}), 'CONVOY_INVALID_OPTION', 'learningRate: undefined');
  const learner = learnerWith(signSgd({ learningRate: (step) => 0.5 / (step + 1), averageDecay: 0.5 }));
  const w = inDoubles(learner.parameters());
  const averages = inDoubles(learner.parameters());
  takeSteps(learner, 3, 8, (step, gradients) => {
    for (const [name, { data }] of learner.parameters()) {
      const gradient = gradients.get(name) as Float64Array;
      w.set(
        name,
        (w.get(name) as Float64Array).map((x, i) => x - (0.5 / (step + 1)) * Math.sign(gradient[i] as number)),
      );
      averages.set(name, reference.movingAverage(averages.get(name) as Float64Array, w.get(name) as Float64Array, 0.5));
      expectClose(`'${name}' after step ${step}`, data, w.get(name) as Float64Array, 1e-6);
      const average = learner.slot('average').get(name)?.data as Float32Array;
      expectClose(`the average of '${name}' after step ${step}`, average, averages.get(name) as Float64Array, 1e-6);
    }
  });
});

describe('options', () => {
  const common: readonly (readonly [given: string, options: object])[] = [
    ['learningRate: -0.1', { learningRate: -0.1 }],
    ['learningRate: NaN', { learningRate: Number.NaN }],
    ['learningRate: "0.1"', { learningRate: '0.1' }],
    ['learningRate: null', { learningRate: null }],
    ['clipValue: 0', { learningRate: 0.1, clipValue: 0 }],
    ['clipValue: NaN', { learningRate: 0.1, clipValue: Number.NaN }],
    ['globalClipNorm: -1', { learningRate: 0.1, globalClipNorm: -1 }],
    ['globalClipNorm: Infinity', { learningRate: 0.1, globalClipNorm: Infinity }],
    ['averageDecay: 1', { learningRate: 0.1, averageDecay: 1 }],
    ['averageDecay: -0.5', { learningRate: 0.1, averageDecay: -0.5 }],
  ];

  test.each<[given: string, options: object]>([
    ...common.map(([given, options]): [string, object] => [given, options]),
    ['learningRate: undefined', {}],
    ['momentum: 1', { learningRate: 0.1, momentum: 1 }],
    ['momentum: -0.5', { learningRate: 0.1, momentum: -0.5 }],
    ['weightDecay: Infinity', { learningRate: 0.1, weightDecay: Infinity }],
    ['nesterov: true with momentum: 0', { learningRate: 0.1, nesterov: true }],
    ['nesterov: 1', { learningRate: 0.1, momentum: 0.9, nesterov: 1 }],
  ])('sgd rejects %s', (given, options) =>
    expectConvoyError(() => sgd(options as never), 'CONVOY_INVALID_OPTION', given),
  );

  describe.each([
    ['adam', adam],
    ['adamW', adamW],
  ])('%s', (_, describeOptimizer) => {
    test.each<[given: string, options: object]>([
      ...common.map(([given, options]): [string, object] => [given, options]),
      ['beta1: 1', { beta1: 1 }],
      ['beta2: -0.1', { beta2: -0.1 }],
      ['epsilon: 0', { epsilon: 0 }],
      ['epsilon: 1e-45', { epsilon: 1e-45 }],
      ['weightDecay: -1', { weightDecay: -1 }],
    ])('rejects %s', (given, options) =>
      expectConvoyError(() => describeOptimizer(options as never), 'CONVOY_INVALID_OPTION', given),
    );
  });

  test.each<[given: string, options: object]>([
    ...common.map(([given, options]): [string, object] => [given, options]),
    ['rho: 1', { rho: 1 }],
    ['epsilon: 0', { epsilon: 0 }],
    ['momentum: 1', { momentum: 1 }],
    ['weightDecay: -1', { weightDecay: -1 }],
  ])('rmsprop rejects %s', (given, options) =>
    expectConvoyError(() => rmsprop(options as never), 'CONVOY_INVALID_OPTION', given),
  );

  test('are plain data', () => {
    const optimizer = adamW({ learningRate: 0.1, globalClipNorm: 1, averageDecay: 0.5 });
    expect(structuredClone(optimizer)).toEqual(optimizer);
    expect(Object.isFrozen(optimizer.settings)).toBe(true);
  });
});

// Stochastic gradient descent: steps of a learner against steps in float64 with the same gradients.
import { reference } from '@convoy/kernels';
import { createLearner, dense, meanSquaredError, type SgdOptions, sequential, sgd, tanh } from '@convoy/layers';
import { describe, expect, test } from 'vitest';
import { expectClose, expectConvoyError } from './expectations.ts';
import { randomNumbers, tensorOf } from './numbers.ts';

const model = sequential({ input: [6] }, [dense({ units: 17 }), tanh(), dense({ units: 3 })]);
const learnerWith = (options: SgdOptions, batchSize = 64) =>
  createLearner({ model, loss: meanSquaredError(), optimizer: sgd(options), batchSize, seed: 3 });

const batch = (samples: number, step: number) =>
  [
    tensorOf(randomNumbers(samples * 6, `inputs ${step}`), [samples, 6]),
    tensorOf(randomNumbers(samples * 3, `targets ${step}`), [samples, 3]),
  ] as const;

describe.each<[title: string, options: SgdOptions]>([
  ['plain', { learningRate: 0.1 }],
  ['with momentum', { learningRate: 0.1, momentum: 0.9 }],
  ["with Nesterov's momentum", { learningRate: 0.05, momentum: 0.8, nesterov: true }],
  ['with weight decay', { learningRate: 0.2, weightDecay: 0.01 }],
  ['with everything', { learningRate: 0.1, momentum: 0.95, nesterov: true, weightDecay: 0.1 }],
])('sgd %s', (_, options) => {
  // Eight shards, a few with a masked block, one block.
  test.each([64, 27, 8])('takes the steps of the reference on %i samples', (samples) => {
    const settings = { momentum: 0, nesterov: false, weightDecay: 0, ...options };
    const learner = learnerWith(options);
    const states = new Map<string, reference.SgdState>();
    for (const [name, { data }] of learner.parameters()) {
      states.set(name, { parameters: Float64Array.from(data), velocity: new Float64Array(data.length) });
    }
    for (let step = 0; step < 6; step++) {
      const { scores, parameters: gradients } = learner.gradients(...batch(samples, step));
      expect(learner.step).toBe(step);
      expect(learner.train(...batch(samples, step))).toEqual(scores);
      for (const [name, { data }] of learner.parameters()) {
        const gradient = Float64Array.from(gradients.get(name)?.data as Float32Array);
        const state = reference.sgd(settings, states.get(name) as reference.SgdState, [gradient]);
        states.set(name, state);
        expectClose(`'${name}' after step ${step}`, data, state.parameters, 1e-6);
      }
    }
  });

  test('changes nothing with learningRate: 0', () => {
    const learner = learnerWith({ ...options, learningRate: 0 });
    const before = learner.parameters();
    for (let step = 0; step < 3; step++) learner.train(...batch(20, step));
    expect(learner.parameters()).toEqual(before);
    expect(learner.step).toBe(3);
  });
});

test('steps lower the loss', () => {
  const learner = learnerWith({ learningRate: 0.1, momentum: 0.9 });
  const losses = Array.from({ length: 100 }, () => learner.train(...batch(64, 0)).loss);
  expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
});

test('setParameters does not touch the momentum', () => {
  const learner = learnerWith({ learningRate: 0.1, momentum: 0.5 });
  const [inputs, targets] = batch(8, 0);
  learner.train(inputs, targets);
  const start = learner.parameters();
  const gradient = learner.gradients(inputs, targets).parameters.get('dense_2.bias')?.data as Float32Array;
  learner.train(inputs, targets);
  learner.setParameters(start);
  expect(learner.parameters()).toEqual(start);
  const velocity = learnerWith({ learningRate: 0.1, momentum: 0.5 })
    .gradients(inputs, targets)
    .parameters.get('dense_2.bias')?.data as Float32Array;
  learner.train(inputs, targets);
  const expected = start.get('dense_2.bias')?.data.map((w, i) => {
    const second = 0.5 * (velocity[i] as number) + (gradient[i] as number);
    return w - 0.1 * (0.5 * second + (gradient[i] as number));
  });
  expectClose('bias', learner.parameters().get('dense_2.bias')?.data as Float32Array, expected as Float32Array, 1e-6);
});

test.each<[given: string, options: object]>([
  ['learningRate: undefined', {}],
  ['learningRate: -0.1', { learningRate: -0.1 }],
  ['learningRate: NaN', { learningRate: Number.NaN }],
  ['learningRate: "0.1"', { learningRate: '0.1' }],
  ['momentum: 1', { learningRate: 0.1, momentum: 1 }],
  ['momentum: -0.5', { learningRate: 0.1, momentum: -0.5 }],
  ['weightDecay: Infinity', { learningRate: 0.1, weightDecay: Number.POSITIVE_INFINITY }],
  ['nesterov: true with momentum: 0', { learningRate: 0.1, nesterov: true }],
  ['nesterov: 1', { learningRate: 0.1, momentum: 0.9, nesterov: 1 }],
])('rejects %s', (given, options) => expectConvoyError(() => sgd(options as never), 'CONVOY_INVALID_OPTION', given));

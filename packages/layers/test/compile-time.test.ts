// How long it takes to build and compile models of many layers: the time grows as the number of layers.
import { add, createLearner, dense, graph, meanSquaredError, relu, sequential, sgd, summary } from '@convoy/layers';
import { expect, test } from 'vitest';
import { compilePlan } from '../src/compile/compile.ts';
import { expectConvoyError } from './expectations.ts';
import { tensorOf } from './numbers.ts';

const training = { loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }) };

/** Dense layers, every second one with a treatment of its own, and activations. */
const chainOf = (count: number) =>
  sequential(
    { input: [2] },
    Array.from({ length: count }, (_, number) => {
      if (number % 2 === 1) return relu();
      return dense({ units: 2, learningRateFactor: number % 4 === 0 ? 1 : 1 + number / 1e5 });
    }),
  );

/** Milliseconds to build a chain, to compile it with deferrable calls, to tabulate it, and to create a learner. */
function timeOf(count: number): number {
  const start = performance.now();
  const model = chainOf(count);
  compilePlan(model, { ...training, assisted: true });
  summary(model);
  createLearner({ model, ...training, batchSize: 8 });
  return performance.now() - start;
}

test('the time grows as the number of layers', () => {
  timeOf(500);
  const small = Math.min(timeOf(1500), timeOf(1500));
  // 10 times the layers: times that grow as the square would be 100 times as long.
  expect(timeOf(15_000) / small).toBeLessThan(25);
}, 120_000);

test('no number of layers overflows the stack', () => {
  const layers = Array.from({ length: 150_000 }, () => relu());
  expect(sequential({ input: [1] }, layers).layers).toHaveLength(150_000);
});

test('a value with more users than a kernel has operands: its gradient is the sum of all of them', () => {
  const users = 600;
  const model = graph({ input: [1] }, (x) => {
    const value = x.to(dense({ units: 1, name: 'first' }));
    let sum = value.to(relu());
    for (let i = 1; i < users; i++) sum = sum.merge(add(), value);
    return sum;
  });
  const learner = createLearner({ model, ...training, batchSize: 8 });
  learner.setParameters([
    ['first.kernel', tensorOf([1], [1, 1])],
    ['first.bias', tensorOf([0], [1])],
  ]);
  const x = tensorOf([2], [1, 1]);
  expect(learner.predict(x).data).toEqual(Float32Array.of(2 * users));
  // The error is (y − t)² with y − t = ½, and y is `users` times the value.
  const { parameters, inputs } = learner.gradients(x, tensorOf([2 * users - 0.5], [1, 1]));
  expect(parameters.get('first.kernel')?.data).toEqual(Float32Array.of(2 * users));
  expect(parameters.get('first.bias')?.data).toEqual(Float32Array.of(users));
  expect(inputs.data).toEqual(Float32Array.of(users));
});

test('a merge layer takes 256 inputs and no more', () => {
  const merged = (count: number) =>
    graph({ input: [1] }, (x) => {
      const [first, ...others] = Array.from({ length: count }, () => x.to(relu()));
      return (first as typeof x).merge(add(), ...others);
    });
  const learner = createLearner({ model: merged(256), ...training, batchSize: 8 });
  expect(learner.predict(tensorOf([3], [1, 1])).data).toEqual(Float32Array.of(3 * 256));
  expectConvoyError(() => merged(257), 'CONVOY_INVALID_OPTION', "to layer 'add_1' 257 inputs");
});

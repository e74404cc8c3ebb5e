// Initial numbers: their distribution, where they come from, and that they never change.
import {
  constantInitializer,
  conv2d,
  createLearner,
  dense,
  flatten,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  initialValues,
  sequential,
  sgd,
  softmaxCrossEntropy,
  zerosInitializer,
} from '@convoy/layers';
import { describe, expect, test } from 'vitest';

const large = { name: 'large', shape: [200, 300], fanIn: 300, fanOut: 200 };

const mean = (numbers: Float32Array) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
const variance = (numbers: Float32Array) => numbers.reduce((sum, x) => sum + x * x, 0) / numbers.length;
const largest = (numbers: Float32Array) => numbers.reduce((size, x) => Math.max(size, Math.abs(x)), 0);

describe.each([
  ['glorotUniform', glorotUniform(), 2 / 500],
  ['glorotNormal', glorotNormal(), 2 / 500],
  ['heUniform', heUniform(), 2 / 300],
  ['heNormal', heNormal(), 2 / 300],
])('%s', (_, initializer, expected) => {
  const numbers = initialValues(initializer, large, 1);

  test('has mean 0 and the variance of its formula', () => {
    // Four standard errors of 60 000 draws.
    expect(Math.abs(mean(numbers))).toBeLessThan((4 * Math.sqrt(expected)) / Math.sqrt(60_000));
    expect(Math.abs(variance(numbers) / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / 60_000));
  });

  test('is a function of seed, name and place', () => {
    expect(initialValues(initializer, large, 1)).toEqual(numbers);
    expect(initialValues(initializer, large, 2)).not.toEqual(numbers);
    expect(initialValues(initializer, { ...large, name: 'other' }, 1)).not.toEqual(numbers);
    const fewer = initialValues(initializer, { ...large, shape: [7] }, 1);
    expect(fewer).toEqual(numbers.subarray(0, 7));
  });
});

test.each([
  ['glorotUniform', glorotUniform(), Math.sqrt(6 / 500)],
  ['heUniform', heUniform(), Math.sqrt(6 / 300)],
])('%s fills its interval and stays inside', (_, initializer, limit) => {
  const size = largest(initialValues(initializer, large, 1));
  expect(size).toBeLessThanOrEqual(Math.fround(limit));
  expect(size).toBeGreaterThan(0.999 * limit);
});

test('the numbers never change', () => {
  // They agree with a second implementation: w = (2u − 1) · √(6 / 12) and w = z · √(2 / 4), rounded to float32, with u and z the uniform and
  // the normal numbers of Philox-4x32-10, counter (i, 0, 0, 0), key (7, FNV-1a of 'initialize conv2d_1.kernel').
  const parameter = { name: 'conv2d_1.kernel', shape: [2, 2], fanIn: 4, fanOut: 8 };
  expect([...initialValues(glorotUniform(), parameter, 7)]).toEqual([
    -0.4502350091934204, -0.11643358319997787, -0.11594979465007782, -0.6177282929420471,
  ]);
  expect([...initialValues(heNormal(), parameter, 7)]).toEqual([
    0.8235662579536438, -1.8135197162628174, -0.5229309797286987, -0.3391261398792267,
  ]);
});

test('constants', () => {
  expect(initialValues(zerosInitializer(), large, 1)).toEqual(new Float32Array(60_000));
  expect(initialValues(constantInitializer(0.25), { ...large, shape: [3] }, 1)).toEqual(new Float32Array(3).fill(0.25));
});

test('parameters of a model start with the initializers of its layers', () => {
  const model = sequential({ input: [1, 3, 3] }, [
    conv2d({ filters: 2, kernelSize: 2, kernelInitializer: heNormal(), biasInitializer: constantInitializer(0.5) }),
    flatten(),
    dense({ units: 2 }),
  ]);
  const options = { model, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }), batchSize: 8 };
  const start = createLearner({ ...options, seed: 7 }).parameters();
  const spec = { fanIn: 4, fanOut: 8 };
  const kernel = { ...spec, name: 'conv2d_1.kernel', shape: [2, 1, 2, 2] };
  expect(start.get('conv2d_1.kernel')?.data).toEqual(initialValues(heNormal(), kernel, 7));
  expect(start.get('conv2d_1.bias')?.data).toEqual(new Float32Array([0.5, 0.5]));
  const head = { name: 'dense_1.kernel', shape: [2, 8], fanIn: 8, fanOut: 2 };
  expect(start.get('dense_1.kernel')?.data).toEqual(initialValues(glorotUniform(), head, 7));
  expect(start.get('dense_1.bias')?.data).toEqual(new Float32Array(2));
  expect(createLearner(options).parameters()).toEqual(createLearner({ ...options, seed: 0 }).parameters());
});

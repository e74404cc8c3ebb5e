// Initial values: their distribution, what they depend on, and their bits, which never change.
import { createHash } from 'node:crypto';
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
  type Initializer,
  normalInitializer,
  orthogonalInitializer,
  sequential,
  sgd,
  softmaxCrossEntropy,
  truncatedNormalInitializer,
  uniformInitializer,
  zerosInitializer,
} from '@convoy/layers';
import { initialValues } from '@convoy/layers/compile';
import { RandomStream } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';

const large = { name: 'large', shape: [200, 300], fanIn: 300, fanOut: 200 };

const mean = (numbers: Float32Array) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
function variance(numbers: Float32Array): number {
  const centre = mean(numbers);
  return mean(numbers.map((x) => (x - centre) ** 2));
}
const largest = (numbers: Float32Array) => numbers.reduce((size, x) => Math.max(size, Math.abs(x)), 0);

/** The variance of the normal distribution cut at two deviations: 1 − 2 · 2 · φ(2) / (2 Φ(2) − 1). */
const TRUNCATED_VARIANCE = 0.7737413;

describe.each([
  ['glorotUniform', glorotUniform(), 0, 2 / 500],
  ['glorotNormal', glorotNormal(), 0, 2 / 500],
  ['heUniform', heUniform(), 0, 2 / 300],
  ['heNormal', heNormal(), 0, 2 / 300],
  ['uniformInitializer', uniformInitializer({ min: 1, max: 4 }), 2.5, 9 / 12],
  ['uniformInitializer with a limit', uniformInitializer({ limit: 2 }), 0, 16 / 12],
  ['normalInitializer', normalInitializer({ deviation: 0.3 }), 0, 0.09],
  ['normalInitializer with a mean', normalInitializer({ mean: -7, deviation: 2 }), -7, 4],
  ['truncatedNormalInitializer', truncatedNormalInitializer({ mean: 1, deviation: 0.5 }), 1, TRUNCATED_VARIANCE / 4],
])('%s', (_, initializer, expectedMean, expectedVariance) => {
  const numbers = initialValues(initializer, large, 1);

  test('has the mean and the variance of its formula', () => {
    // Four standard errors of 60 000 draws.
    const error = Math.abs(mean(numbers) - expectedMean);
    expect(error).toBeLessThan((4 * Math.sqrt(expectedVariance)) / Math.sqrt(60_000));
    expect(Math.abs(variance(numbers) / expectedVariance - 1)).toBeLessThan(4 * Math.sqrt(2 / 60_000));
  });

  test('is a function of the seed, the name and the index', () => {
    expect(initialValues(structuredClone(initializer), large, 1)).toEqual(numbers);
    expect(initialValues(initializer, large, 2)).not.toEqual(numbers);
    expect(initialValues(initializer, { ...large, name: 'other' }, 1)).not.toEqual(numbers);
    const fewer = initialValues(initializer, { ...large, shape: [7] }, 1);
    expect(fewer).toEqual(numbers.subarray(0, 7));
  });
});

test('truncatedNormalInitializer keeps normal numbers within two deviations, and replaces the others', () => {
  const numbers = initialValues(truncatedNormalInitializer({ deviation: 1 }), large, 1);
  const normal = initialValues(normalInitializer({ deviation: 1 }), large, 1);
  expect(largest(numbers)).toBeLessThanOrEqual(2);
  expect(largest(numbers)).toBeGreaterThan(1.999);
  const redrawn = normal.filter((z, i) => z !== numbers[i]);
  expect(redrawn.every((z) => Math.abs(z) > 2)).toBe(true);
  expect(redrawn.length / normal.length).toBeCloseTo(0.0455, 2);
});

describe('orthogonalInitializer', () => {
  const shapes = [
    [40, 60],
    [60, 40],
    [50, 50],
    [16, 3, 3, 3],
    [4, 1],
    [1, 4],
    [128, 16, 3, 3],
  ];

  test.each(shapes.map((shape) => ({ shape })))('of shape $shape multiplies lengths by the gain', ({ shape }) => {
    const [rows = 0, ...rest] = shape;
    const columns = rest.reduce((a, b) => a * b);
    const gain = Math.SQRT2;
    const w = initialValues(orthogonalInitializer({ gain }), { ...large, shape }, 1);
    const at = (vector: number, i: number) =>
      (rows <= columns ? w[vector * columns + i] : w[i * columns + vector]) as number;
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    for (let a = 0; a < count; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let i = 0; i < length; i++) product += at(a, i) * at(b, i);
        expect(Math.abs(product - (a === b ? 2 : 0)), `${a} · ${b}`).toBeLessThan(1e-6);
      }
    }
  });

  test('is the Q of normal numbers: each vector is in the span of the vectors up to its own, with a positive component along it', () => {
    const [count, length] = [5, 9];
    const q = initialValues(orthogonalInitializer(), { ...large, shape: [count, length] }, 3);
    const random = new RandomStream(3, 'initialize large');
    for (let v = 0; v < count; v++) {
      for (let row = v; row < count; row++) {
        let along = 0;
        for (let i = 0; i < length; i++) along += random.normal(v * length + i) * (q[row * length + i] as number);
        if (row === v) expect(along).toBeGreaterThan(0.1);
        else expect(Math.abs(along)).toBeLessThan(1e-6);
      }
    }
  });

  test('is a function of the seed and the name', () => {
    const values = (name: string, seed: number) =>
      initialValues(orthogonalInitializer(), { ...large, name, shape: [4, 6] }, seed);
    expect(values('large', 1)).toEqual(values('large', 1));
    expect(values('other', 1)).not.toEqual(values('large', 1));
    expect(values('large', 2)).not.toEqual(values('large', 1));
  });

  test('needs two dimensions', () => {
    const fill = () => initialValues(orthogonalInitializer(), { ...large, shape: [6] }, 1);
    expectConvoyError(fill, 'CONVOY_SHAPE_MISMATCH', "orthogonalInitializer for 'large' of shape [6]");
  });
});

test.each<[string, () => Initializer]>([
  ['min: 2 with max: 2', () => uniformInitializer({ min: 2, max: 2 })],
  ['max: undefined', () => uniformInitializer({ min: 2 } as never)],
  ['limit: 0', () => uniformInitializer({ limit: 0 })],
  ['deviation: 0', () => normalInitializer({ deviation: 0 })],
  ['deviation: undefined', () => truncatedNormalInitializer({} as never)],
  ['mean: NaN', () => truncatedNormalInitializer({ mean: NaN, deviation: 1 })],
  ['gain: Infinity', () => orthogonalInitializer({ gain: Infinity })],
])('rejects %s', (given, describe) => expectConvoyError(describe, 'CONVOY_INVALID_OPTION', given));

test.each([
  ['glorotUniform', glorotUniform(), Math.sqrt(6 / 500)],
  ['heUniform', heUniform(), Math.sqrt(6 / 300)],
])('%s fills its interval and does not exceed it', (_, initializer, limit) => {
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

/** The same in every JavaScript engine. A change of these bits changes every training run. */
test.each([
  ['uniformInitializer', uniformInitializer({ min: -0.1, max: 0.3 }), '05d018bd8848ef99'],
  ['normalInitializer', normalInitializer({ deviation: 0.02 }), 'c5da1ae9c507f028'],
  ['truncatedNormalInitializer', truncatedNormalInitializer({ deviation: 0.02 }), '4d7c254ca8b95d0d'],
  ['orthogonalInitializer', orthogonalInitializer({ gain: 1.5 }), 'e2b487e0fd245cc5'],
])('the bits of %s', (_, initializer, expected) => {
  const values = initialValues(initializer, { ...large, shape: [20, 30] }, 7);
  expect(createHash('sha256').update(values).digest('hex').slice(0, 16)).toBe(expected);
});

test('constants', () => {
  expect(initialValues(zerosInitializer(), large, 1)).toEqual(new Float32Array(60_000));
  expect(initialValues(constantInitializer(0.25), { ...large, shape: [3] }, 1)).toEqual(new Float32Array(3).fill(0.25));
});

test('the parameters of a model start from the initializers of its layers', () => {
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

// The fully connected layer, its gradients and the gradient of a bias against float64, over random shapes.
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { relu, tanh } from '../src/families/activations/activation.ts';
import { channelSums } from '../src/families/convolution/channel-sums.ts';
import { dense, denseInputGradient } from '../src/families/dense/dense.ts';
import * as reference from '../src/reference/index.ts';
import { checkDense, checkDenseInputGradient, checkDenseWeightGradient } from './checks/dense.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, values } from './harness.ts';
import { denseShapes, seeds } from './shapes.ts';

describe('over random shapes', () => {
  test('dense', () => {
    fc.assert(fc.property(denseShapes, seeds, fc.boolean(), (...problem) => checkDense(...problem)));
  });

  test('denseInputGradient', () => {
    fc.assert(fc.property(denseShapes, seeds, (...problem) => checkDenseInputGradient(...problem)));
  });

  test('denseWeightGradient', () => {
    fc.assert(fc.property(denseShapes, seeds, fc.boolean(), (...problem) => checkDenseWeightGradient(...problem)));
  });

  test('channelSums', () => {
    const sizes = fc.integer({ min: 1, max: 11 });
    fc.assert(
      fc.property(sizes, sizes, seeds, fc.boolean(), (channels, area, seed, accumulate) => {
        const dy = values(SAMPLES * channels * area, seed, 1);
        const before = values(channels, seed, 2);
        const [, db] = run(channelSums(channels, area, accumulate), [toCells(dy), new Float32Array(before)]);
        const expected = new Float64Array(channels);
        dy.forEach((gradient, i) => {
          expected[Math.floor(i / area) % channels]! += gradient;
        });
        expectClose(db!, accumulate ? expected.map((g, c) => g + before[c]!) : expected);
      }),
    );
  });
});

/** Rows of weights 4096 bytes apart, for which the input's gradient takes the outputs in panels. */
const aliasing = { inFeatures: 1024, outFeatures: 17 };

test('denseInputGradient in panels', () => checkDenseInputGradient(aliasing, 1));

test('denseInputGradient in panels applies the derivative of the activation once', () => {
  const x = reference.tanh(values(SAMPLES * 1024, 1, 1)).map(Math.fround);
  const w = values(17 * 1024, 1, 2);
  const dy = values(SAMPLES * 17, 1, 3);
  const nothing = new Float32Array(x.length).fill(NaN);
  const dx = run(denseInputGradient(aliasing, tanh), [toCells(dy), new Float32Array(w), toCells(x), nothing]).at(-1)!;
  expectClose(fromCells(dx), reference.tanhGradient(x, reference.denseInputGradient(aliasing, SAMPLES, w, dy)));
});

describe('activations', () => {
  const shape = { inFeatures: 13, outFeatures: 9 };
  const x = reference.tanh(values(SAMPLES * 13, 1, 1)).map(Math.fround);
  const w = values(9 * 13, 1, 2);
  const dy = values(SAMPLES * 9, 1, 3);

  test('dense applies its own', () => {
    const kernel = dense(shape, { activation: relu, useBias: false });
    const y = run(kernel, [toCells(x), new Float32Array(w), toCells(dy)]).at(-1)!;
    expectClose(fromCells(y), reference.relu(reference.dense(shape, SAMPLES, x, w)));
  });

  test('denseInputGradient applies the derivative of the one that made its input', () => {
    const kernel = denseInputGradient(shape, tanh);
    const dx = run(kernel, [toCells(dy), new Float32Array(w), toCells(x), toCells(x)]).at(-1)!;
    expectClose(fromCells(dx), reference.tanhGradient(x, reference.denseInputGradient(shape, SAMPLES, w, dy)));
  });
});

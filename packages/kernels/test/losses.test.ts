// Losses and metrics against float64: values, gradients, masked samples, extreme and broken scores.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as families from '../src/index.ts';
import * as reference from '../src/reference/index.ts';
import type { CrossEntropyShape } from '../src/shapes.ts';
import { checkAccuracy, checkSoftmaxCrossEntropy, targetsFor } from './checks/classification.ts';
import {
  checkElementwiseLoss,
  checkElementwiseMetric,
  elementwiseLosses,
  elementwiseMetrics,
} from './checks/elementwise.ts';
import { expectClose, expectSameBits, fromCells, run, SAMPLES, toCells, values } from './harness.ts';
import { classificationShapes, crossEntropyShapes, seeds } from './shapes.ts';

const EARLIER_LOSS = 0.75;
const sizes = fc.integer({ min: 1, max: 12 });

/** The gradient and the loss of any of the loss kernels. */
function runLoss(kernel: families.Kernel, output: Float64Array, targets: Float64Array, weights: Float64Array) {
  const cells = [toCells(output), toCells(targets), new Float32Array(weights), toCells(output).fill(NaN)];
  const results = run(kernel, [...cells, Float32Array.of(EARLIER_LOSS)]);
  return { gradient: fromCells(results[3]!), loss: results[4]![0]! };
}

const ones = () => new Float64Array(SAMPLES).fill(1);

describe('softmaxCrossEntropy', () => {
  test('over random shapes', () => {
    const scales = fc.constantFrom(1, 10, 300);
    fc.assert(
      fc.property(crossEntropyShapes, scales, seeds, (shape, scale, seed) =>
        checkSoftmaxCrossEntropy(shape, seed, { scale }),
      ),
    );
  });

  test('does not overflow', () => {
    const x = new Float64Array(SAMPLES * 3);
    for (let n = 0; n < SAMPLES; n++) x.set([3e38, -3e38, 1e38], n * 3);
    const kernel = families.softmaxCrossEntropy({ classes: 3 });
    const { gradient, loss } = runLoss(kernel, x, new Float64Array(SAMPLES), ones());
    expect(loss).toBe(EARLIER_LOSS);
    expectSameBits(gradient, new Float64Array(SAMPLES * 3));
  });

  const shapes: readonly CrossEntropyShape[] = [
    { classes: 4 },
    { classes: 2, positions: 2, labelSmoothing: 0.1, ignoreLabel: 9, classWeights: [1, 2] },
    { classes: 4, targets: 'oneHot' },
  ];

  test.each([NaN, Infinity, -Infinity])('leaves a masked sample out even if it holds %d', (broken) => {
    for (const shape of shapes) {
      const x = values(SAMPLES * 4, 1, 1);
      x.fill(broken, 4, 8);
      const targets = targetsFor(shape, 1);
      const weights = ones().fill(0, 1, 2);
      const { gradient, loss } = runLoss(families.softmaxCrossEntropy(shape), x, targets, weights);
      expectSameBits(gradient.subarray(4, 8), [0, 0, 0, 0]);
      expectClose([loss], [EARLIER_LOSS + reference.softmaxCrossEntropy(shape, SAMPLES, x, targets, weights)], 1e-6);
    }
  });

  test('a NaN among the scores that count makes the loss NaN', () => {
    for (const shape of shapes) {
      const x = values(SAMPLES * 4, 1, 1);
      x[5] = NaN;
      const targets = targetsFor({ ...shape, ignoreLabel: -1 }, 1).map((t) => Math.max(0, t));
      expect(runLoss(families.softmaxCrossEntropy(shape), x, targets, ones()).loss).toBeNaN();
    }
  });

  test('one at each pixel is the mean of those of the pixels', () => {
    const [classes, positions] = [3, 5];
    const x = values(SAMPLES * classes * positions, 1, 1);
    const labels = targetsFor({ classes, positions }, 1);
    const whole = runLoss(families.softmaxCrossEntropy({ classes, positions }), x, labels, ones());
    const pixels = Array.from({ length: positions }, (_, p) => {
      const at = (numbers: Float64Array) => numbers.filter((_, i) => i % positions === p);
      return runLoss(families.softmaxCrossEntropy({ classes }), at(x), at(labels), ones()).loss - EARLIER_LOSS;
    });
    expect(whole.loss - EARLIER_LOSS).toBeCloseTo(pixels.reduce((a, b) => a + b) / positions, 5);
  });
});

describe.each(Object.entries(elementwiseLosses))('%s', (_, loss) => {
  test('over random shapes', () => {
    fc.assert(fc.property(sizes, seeds, (elements, seed) => checkElementwiseLoss(loss, elements, seed)));
  });

  test.each([NaN, Infinity])('leaves a masked sample out even if it holds %d', (broken) => {
    const output = values(SAMPLES * 2, 1, 1);
    const targets = values(SAMPLES * 2, 1, 2);
    output.fill(broken, 6, 8);
    const weights = ones().fill(0, 3, 4);
    const { gradient, loss: sum } = runLoss(loss.kernel(2), output, targets, weights);
    expectSameBits(gradient.subarray(6, 8), [0, 0]);
    expectClose([sum], [EARLIER_LOSS + loss.loss(2, SAMPLES, output, targets, weights)], 1e-6);
  });

  test('keeps a NaN that counts, in the loss and in the gradient', () => {
    const output = values(SAMPLES * 2, 1, 1);
    output[5] = NaN;
    const { gradient, loss: sum } = runLoss(loss.kernel(2), output, values(SAMPLES * 2, 1, 2), ones());
    expect(sum).toBeNaN();
    expect([...gradient.keys()].filter((i) => Number.isNaN(gradient[i]))).toEqual([5]);
  });
});

test('sigmoidBinaryCrossEntropy keeps the digits of small losses and gradients', () => {
  const x = Float64Array.of(40, -40, 20, -20, 40, -40, 0, 1000);
  const t = Float64Array.of(1, 0, 1, 0, 0, 1, 1, 1);
  const kernel = families.sigmoidBinaryCrossEntropy({ elements: 1 });
  for (let n = 0; n < SAMPLES; n++) {
    const alone = ones()
      .fill(0)
      .fill(1, n, n + 1);
    const cells = [toCells(x), toCells(t), new Float32Array(alone), toCells(x), Float32Array.of(0)];
    const [, , , gradient, loss] = run(kernel, cells);
    const away = (t[n] === 1 ? -1 : 1) * x[n]!;
    const expected = Math.max(away, 0) + Math.log1p(Math.exp(-Math.abs(away)));
    const slope = (t[n] === 1 ? -1 : 1) / (1 + Math.exp(-away));
    expect(Math.abs(loss![0]! - expected)).toBeLessThanOrEqual(1e-6 * expected);
    expect(Math.abs(gradient![n]! - slope)).toBeLessThanOrEqual(1e-6 * Math.abs(slope));
  }
});

describe.each(Object.entries(elementwiseMetrics))('%s', (_, metric) => {
  test('over random shapes', () => {
    fc.assert(fc.property(sizes, seeds, (elements, seed) => checkElementwiseMetric(metric, elements, seed)));
  });
});

test('binaryAccuracy: a NaN is wrong whatever the target', () => {
  const cells = [toCells(Array<number>(SAMPLES).fill(NaN)), Float32Array.of(0, 1, 0, 1, 0, 1, 0, 1)];
  const rest = [new Float32Array(SAMPLES).fill(1), Float32Array.of(0)];
  const kernel = families.binaryAccuracy({ elements: 1, threshold: 0.5 });
  expect(run(kernel, [...cells, ...rest]).at(-1)).toEqual(Float32Array.of(0));
});

describe('accuracy', () => {
  test('over random shapes, with equal scores', () => {
    fc.assert(fc.property(classificationShapes, seeds, (shape, seed) => checkAccuracy(shape, seed)));
  });

  test('a sample with a NaN is wrong, one of infinities may be right', () => {
    const x = new Float64Array(SAMPLES * 3);
    x.set([NaN, 1, 2, 0, NaN, 2, 0, 1, NaN, -Infinity, -Infinity, -Infinity, 1, Infinity, 2]);
    const labels = Float32Array.of(2, 2, 1, 0, 1, 0, 0, 1);
    const right = [3, 4, 5, 6];
    const cells = [toCells(x), labels, new Float32Array(SAMPLES).fill(1), Float32Array.of(100)];
    expect(run(families.accuracy({ classes: 3 }), cells).at(-1)).toEqual(Float32Array.of(100 + right.length));
  });
});

// Softmax cross-entropy of large and of broken logits, of masked samples, and of several positions.
import { expect, test } from 'vitest';
import { softmaxCrossEntropy } from '../../src/families/losses/softmax-cross-entropy.ts';
import * as reference from '../../src/reference/index.ts';
import type { CrossEntropyShape } from '../../src/shapes.ts';
import { EARLIER, targetsFor } from '../cases/losses.ts';
import { expectClose, expectSameBits, SAMPLES, values } from '../harness.ts';
import { ones, runLoss } from './run-loss.ts';

test('does not overflow', () => {
  const x = new Float64Array(SAMPLES * 3);
  for (let n = 0; n < SAMPLES; n++) x.set([3e38, -3e38, 1e38], n * 3);
  const { gradient, loss } = runLoss(softmaxCrossEntropy({ classes: 3 }), x, new Float64Array(SAMPLES), ones());
  expect(loss).toBe(EARLIER);
  expectSameBits(gradient, new Float64Array(SAMPLES * 3));
});

const shapes: readonly CrossEntropyShape[] = [
  { classes: 4 },
  { classes: 2, positions: 2, labelSmoothing: 0.1, ignoreLabel: 9, classWeights: [1, 2] },
  { classes: 4, targets: 'oneHot' },
];

test.each([NaN, Infinity, -Infinity])('leaves a masked sample out even if its logits are %d', (broken) => {
  for (const shape of shapes) {
    const x = values(SAMPLES * 4, 1, 1);
    x.fill(broken, 4, 8);
    const targets = targetsFor(shape, 1);
    const weights = ones().fill(0, 1, 2);
    const { gradient, loss } = runLoss(softmaxCrossEntropy(shape), x, targets, weights);
    expectSameBits(gradient.subarray(4, 8), [0, 0, 0, 0]);
    expectClose([loss], [EARLIER + reference.softmaxCrossEntropy(shape, SAMPLES, x, targets, weights)], 1e-6);
  }
});

test('a NaN among the logits that count makes the loss NaN', () => {
  for (const shape of shapes) {
    const x = values(SAMPLES * 4, 1, 1);
    x[5] = NaN;
    const targets = targetsFor({ ...shape, ignoreLabel: -1 }, 1).map((t) => Math.max(0, t));
    expect(runLoss(softmaxCrossEntropy(shape), x, targets, ones()).loss).toBeNaN();
  }
});

test('the loss of several positions is the mean of the losses of the positions', () => {
  const [classes, positions] = [3, 5];
  const x = values(SAMPLES * classes * positions, 1, 1);
  const labels = targetsFor({ classes, positions }, 1);
  const whole = runLoss(softmaxCrossEntropy({ classes, positions }), x, labels, ones());
  const pixels = Array.from({ length: positions }, (_, p) => {
    const at = (numbers: Float64Array) => numbers.filter((_, i) => i % positions === p);
    return runLoss(softmaxCrossEntropy({ classes }), at(x), at(labels), ones()).loss - EARLIER;
  });
  expect(whole.loss - EARLIER).toBeCloseTo(pixels.reduce((a, b) => a + b) / positions, 5);
});

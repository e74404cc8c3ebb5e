// Losses that compare element by element: masked samples, broken numbers and small results.
import { describe, expect, test } from 'vitest';
import { sigmoidBinaryCrossEntropy } from '../../src/families/losses/sigmoid-binary-cross-entropy.ts';
import { EARLIER, type ElementwiseLoss, elementwiseLosses } from '../cases/losses.ts';
import { expectClose, expectSameBits, run, SAMPLES, toCells, values } from '../harness.ts';
import { ones, runLoss } from './run-loss.ts';

const losses = Object.entries(elementwiseLosses).flatMap(([family, variants]) =>
  Object.entries<ElementwiseLoss>(variants).map(([title, loss]) => [`${family} ${title}`, loss] as const),
);

describe.each(losses)('%s', (_, loss) => {
  test.each([NaN, Infinity])('leaves a masked sample out even if it is %d', (broken) => {
    const output = values(SAMPLES * 2, 1, 1);
    const targets = values(SAMPLES * 2, 1, 2);
    output.fill(broken, 6, 8);
    const weights = ones().fill(0, 3, 4);
    const { gradient, loss: sum } = runLoss(loss.kernel(2), output, targets, weights);
    expectSameBits(gradient.subarray(6, 8), [0, 0]);
    expectClose([sum], [EARLIER + loss.loss(2, SAMPLES, output, targets, weights)], 1e-6);
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
  const kernel = sigmoidBinaryCrossEntropy({ elements: 1 });
  for (let n = 0; n < SAMPLES; n++) {
    const weights = new Float32Array(SAMPLES).fill(1, n, n + 1);
    const { dy, loss } = run(kernel, {
      y: toCells(x),
      t: toCells(t),
      weights,
      dy: toCells(x),
      loss: Float32Array.of(0),
    });
    const away = (t[n] === 1 ? -1 : 1) * x[n]!;
    const expected = Math.max(away, 0) + Math.log1p(Math.exp(-Math.abs(away)));
    const slope = (t[n] === 1 ? -1 : 1) / (1 + Math.exp(-away));
    expect(Math.abs(loss[0]! - expected)).toBeLessThanOrEqual(1e-6 * expected);
    expect(Math.abs(dy[n]! - slope)).toBeLessThanOrEqual(1e-6 * Math.abs(slope));
  }
});

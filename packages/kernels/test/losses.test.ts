// Losses and accuracy against float64: values, gradients, masked samples, extreme and broken scores.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accuracy } from '../src/families/accuracy.ts';
import { meanSquaredError } from '../src/families/mean-squared-error.ts';
import { softmaxCrossEntropy } from '../src/families/softmax-cross-entropy.ts';
import * as reference from '../src/reference/index.ts';
import type { ClassificationShape, MeanSquaredErrorForm } from '../src/shapes.ts';
import { expectClose, expectSameBits, fromCells, run, SAMPLES, toCells, values } from './harness.ts';
import { seeds } from './shapes.ts';

const EARLIER_LOSS = 0.75;
const sizes = fc.integer({ min: 1, max: 12 });

/** Some samples weigh nothing, the others differ. */
const weightsFor = (seed: number) => values(SAMPLES, seed, 3).map((v) => (v < -0.3 ? 0 : Math.abs(v)));

const labelsFor = ({ classes }: ClassificationShape, seed: number) =>
  values(SAMPLES, seed, 4).map((v) => Math.floor(((v + 1) / 2) * classes));

function runSoftmax(classes: number, x: Float64Array, labels: Float64Array, weights: Float64Array) {
  const cells = [toCells(x), new Float32Array(labels), new Float32Array(weights), toCells(x).fill(NaN)];
  const results = run(softmaxCrossEntropy({ classes }), [...cells, Float32Array.of(EARLIER_LOSS)]);
  return { dx: fromCells(results[3]!), loss: results[4]![0]! };
}

describe('softmaxCrossEntropy', () => {
  test('over random shapes', () => {
    const scales = fc.constantFrom(1, 10, 300);
    fc.assert(
      fc.property(sizes, scales, seeds, (classes, scale, seed) => {
        const x = values(SAMPLES * classes, seed, 1).map((v) => Math.fround(v * scale));
        const labels = labelsFor({ classes }, seed);
        const weights = weightsFor(seed);
        const { dx, loss } = runSoftmax(classes, x, labels, weights);
        const expected = reference.softmaxCrossEntropy({ classes }, SAMPLES, x, labels, weights);
        expectClose([loss], [EARLIER_LOSS + expected], 1e-6);
        expectClose(dx, reference.softmaxCrossEntropyGradient({ classes }, SAMPLES, x, labels, weights), 1e-6);
      }),
    );
  });

  test('does not overflow', () => {
    const x = new Float64Array(SAMPLES * 3);
    for (let n = 0; n < SAMPLES; n++) x.set([3e38, -3e38, 1e38], n * 3);
    const { dx, loss } = runSoftmax(3, x, new Float64Array(SAMPLES), new Float64Array(SAMPLES).fill(1));
    expect(loss).toBe(EARLIER_LOSS);
    expectSameBits(dx, new Float64Array(SAMPLES * 3));
  });

  test.each([NaN, Infinity, -Infinity])('leaves a masked sample out even if it holds %d', (broken) => {
    const x = values(SAMPLES * 4, 1, 1);
    x.fill(broken, 4, 8);
    const labels = labelsFor({ classes: 4 }, 1);
    const weights = new Float64Array(SAMPLES).fill(0.5);
    weights[1] = 0;
    const { dx, loss } = runSoftmax(4, x, labels, weights);
    expectSameBits(dx.subarray(4, 8), [0, 0, 0, 0]);
    const expected = reference.softmaxCrossEntropy({ classes: 4 }, SAMPLES, x, labels, weights);
    expectClose([loss], [EARLIER_LOSS + expected], 1e-6);
  });

  test('a NaN among the scores that count makes the loss NaN', () => {
    const x = values(SAMPLES * 4, 1, 1);
    x[5] = NaN;
    expect(runSoftmax(4, x, labelsFor({ classes: 4 }, 1), new Float64Array(SAMPLES).fill(1)).loss).toBeNaN();
  });
});

describe('meanSquaredError', () => {
  const forms = fc.constantFrom<MeanSquaredErrorForm>('half-sum', 'mean');

  function runSquares(form: MeanSquaredErrorForm, y: Float64Array, t: Float64Array, weights: Float64Array) {
    const kernel = meanSquaredError({ elements: y.length / SAMPLES, form });
    const cells = [toCells(y), toCells(t), new Float32Array(weights), toCells(y).fill(NaN)];
    const results = run(kernel, [...cells, Float32Array.of(EARLIER_LOSS)]);
    return { dy: fromCells(results[3]!), loss: results[4]![0]! };
  }

  test('over random shapes', () => {
    fc.assert(
      fc.property(sizes, forms, seeds, (elements, form, seed) => {
        const y = values(SAMPLES * elements, seed, 1);
        const t = values(SAMPLES * elements, seed, 2);
        const weights = weightsFor(seed);
        const { dy, loss } = runSquares(form, y, t, weights);
        const expected = reference.meanSquaredError({ elements, form }, SAMPLES, y, t, weights);
        expectClose([loss], [EARLIER_LOSS + expected], 1e-6);
        expectClose(dy, reference.meanSquaredErrorGradient({ elements, form }, SAMPLES, y, t, weights), 1e-6);
      }),
    );
  });

  test.each([NaN, Infinity])('leaves a masked sample out even if it holds %d', (broken) => {
    const y = values(SAMPLES * 2, 1, 1);
    const t = values(SAMPLES * 2, 1, 2);
    y.fill(broken, 6, 8);
    const weights = new Float64Array(SAMPLES).fill(1);
    weights[3] = 0;
    const { dy, loss } = runSquares('mean', y, t, weights);
    expectSameBits(dy.subarray(6, 8), [0, 0]);
    const expected = reference.meanSquaredError({ elements: 2, form: 'mean' }, SAMPLES, y, t, weights);
    expectClose([loss], [EARLIER_LOSS + expected], 1e-6);
  });
});

describe('accuracy', () => {
  function count(classes: number, x: Float64Array, labels: Float64Array, weights: Float64Array): number {
    const cells = [toCells(x), new Float32Array(labels), new Float32Array(weights), Float32Array.of(100)];
    return run(accuracy({ classes }), cells)[3]![0]! - 100;
  }

  test('over random shapes, with equal scores', () => {
    fc.assert(
      fc.property(sizes, seeds, (classes, seed) => {
        const x = values(SAMPLES * classes, seed, 1).map((v) => Math.round(3 * v));
        const labels = labelsFor({ classes }, seed);
        const weights = weightsFor(seed);
        const winners = reference.argmax({ classes }, SAMPLES, x);
        const expected = winners.filter((winner, n) => weights[n]! > 0 && winner === labels[n]).length;
        expect(count(classes, x, labels, weights)).toBe(expected);
      }),
    );
  });

  test('a sample with a NaN is wrong, one of infinities may be right', () => {
    const x = new Float64Array(SAMPLES * 3);
    x.set([NaN, 1, 2, 0, NaN, 2, 0, 1, NaN, -Infinity, -Infinity, -Infinity, 1, Infinity, 2]);
    const labels = Float64Array.of(2, 2, 1, 0, 1, 0, 0, 1);
    const right = [3, 4, 5, 6];
    expect(count(3, x, labels, new Float64Array(SAMPLES).fill(1))).toBe(right.length);
  });
});

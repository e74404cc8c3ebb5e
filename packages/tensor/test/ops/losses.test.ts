import type { MeanSquaredErrorReduction } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanSquaredError, softmaxCrossEntropy, Tensor, tensor, zeros } from '../../src/index.ts';
import { batches, expectTensor, float64, integer, random, seeds, withCode } from './numbers.ts';

const meanWeights = (count: number) => new Float64Array(count).fill(1 / count);

describe('softmaxCrossEntropy', () => {
  test('equals the reference over random shapes', () => {
    fc.assert(
      fc.property(batches, integer(1, 12), seeds, (batch, classes, seed) => {
        const logits = random([batch, classes], seed, 'logits');
        const labels = Array.from(random([batch], seed, 'labels').data, (x) => Math.floor(((x + 1) / 2) * classes));
        const { loss, gradient } = softmaxCrossEntropy(logits, labels);
        const problem = [{ classes }, batch, float64(logits), labels, meanWeights(batch)] as const;
        expect(loss).toBeCloseTo(reference.softmaxCrossEntropy(...problem), 5);
        expectTensor(gradient, logits.shape, reference.softmaxCrossEntropyGradient(...problem), 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  test('by hand: equal logits', () => {
    const { loss, gradient } = softmaxCrossEntropy(zeros([2, 4]), Uint8Array.of(0, 3));
    expect(loss).toBeCloseTo(Math.log(4), 6);
    expectTensor(gradient, [2, 4], [-3 / 8, 1 / 8, 1 / 8, 1 / 8, 1 / 8, 1 / 8, 1 / 8, -3 / 8], 1e-7);
  });

  test('large logits do not overflow', () => {
    const { loss, gradient } = softmaxCrossEntropy(tensor([[1e4, 0, -1e4]]), [1]);
    expect(loss).toBe(1e4);
    expect(gradient.toArray()).toEqual([[1, -1, 0]]);
  });

  test.each([
    [3, 'from 0 to 2'],
    [-1, 'from 0 to 2'],
    [1.5, 'a whole number'],
    [Number.NaN, 'NaN'],
    [Infinity, 'Infinity'],
    ['1' as unknown as number, '"1"'],
    [undefined as unknown as number, 'undefined'],
  ])('refuses the label %s', (label, message) => {
    const compute = () => softmaxCrossEntropy(zeros([2, 3]), [0, label]);
    expect(compute).toThrow(withCode('CONVOY_INVALID_LABEL'));
    expect(compute).toThrow(message);
    expect(compute).toThrow('of sample 1');
  });

  test('refuses shapes that do not fit', () => {
    const mismatch = withCode('CONVOY_SHAPE_MISMATCH');
    expect(() => softmaxCrossEntropy(zeros([2, 3]), [0])).toThrow(mismatch);
    expect(() => softmaxCrossEntropy(zeros([2, 3]), [0])).toThrow('Given 1 labels for 2 samples');
    expect(() => softmaxCrossEntropy(zeros([3]), [0])).toThrow(mismatch);
    expect(() => softmaxCrossEntropy(zeros([0, 3]), [])).toThrow(mismatch);
  });
});

describe('meanSquaredError', () => {
  const forms = fc.constantFrom<MeanSquaredErrorReduction>('mean', 'halfSum');

  test('equals the reference over random shapes', () => {
    fc.assert(
      fc.property(batches, integer(1, 4), integer(1, 5), forms, seeds, (batch, rows, columns, reduction, seed) => {
        const shape = [batch, rows, columns];
        const [y, t] = [random(shape, seed, 'y'), random(shape, seed, 't')];
        const { loss, gradient } = meanSquaredError(y, t, { reduction });
        const problem = [
          { elements: rows * columns, reduction },
          batch,
          float64(y),
          float64(t),
          meanWeights(batch),
        ] as const;
        expect(loss).toBeCloseTo(reference.meanSquaredError(...problem), 5);
        expectTensor(gradient, shape, reference.meanSquaredErrorGradient(...problem), 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  test('by hand', () => {
    const [y, t] = [
      tensor([
        [1, 2],
        [3, 5],
      ]),
      tensor([
        [1, 0],
        [2, 2],
      ]),
    ];
    expect(meanSquaredError(y, t)).toEqual({
      loss: (2 + 5) / 2,
      gradient: tensor([
        [0, 1],
        [0.5, 1.5],
      ]),
    });
    expect(meanSquaredError(y, t, { reduction: 'halfSum' })).toEqual({
      loss: (2 + 5) / 2,
      gradient: tensor([
        [0, 1],
        [0.5, 1.5],
      ]),
    });
    expect(meanSquaredError(tensor([3]), tensor([1]))).toEqual({ loss: 4, gradient: tensor([4]) });
  });

  test('refuses shapes that do not fit, and unknown reductions', () => {
    const mismatch = withCode('CONVOY_SHAPE_MISMATCH');
    expect(() => meanSquaredError(zeros([2, 3]), zeros([3, 2]))).toThrow(mismatch);
    expect(() => meanSquaredError(zeros([0, 3]), zeros([0, 3]))).toThrow(mismatch);
    expect(() => meanSquaredError(zeros([]), new Tensor(new Float32Array(1), []))).toThrow(mismatch);
    expect(() => meanSquaredError(zeros([1]), zeros([1]), { reduction: 'sum' as 'mean' })).toThrow(
      withCode('CONVOY_INVALID_OPTION'),
    );
  });
});

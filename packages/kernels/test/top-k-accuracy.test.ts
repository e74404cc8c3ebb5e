// The count of labels among the highest scores: against its twin, against `accuracy`, and by hand.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accuracy } from '../src/families/metrics/accuracy.ts';
import { topKAccuracy } from '../src/families/metrics/top-k-accuracy.ts';
import { checkTopKAccuracy } from './checks/classification.ts';
import { run, SAMPLES, toCells, values } from './harness.ts';
import { seeds, topKShapes } from './shapes.ts';

describe('topKAccuracy', () => {
  test('over random shapes', () => {
    fc.assert(fc.property(topKShapes, seeds, (shape, seed) => checkTopKAccuracy(shape, seed)));
  });

  test('with k = 1 is accuracy', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), seeds, (classes, seed) => {
        const scores = values(SAMPLES * classes, seed, 1).map((v) => Math.round(3 * v));
        scores[seed % scores.length] = [NaN, Infinity, -Infinity, 0][seed % 4]!;
        const labels = Float32Array.from({ length: SAMPLES }, (_, n) => (seed + n) % classes);
        const weights = Float32Array.of(1, 0.5, 0, 1, 0.25, 1, 1, 0);
        const cells = [toCells(scores), labels, weights, Float32Array.of(7)];
        const expected = run(accuracy({ classes }), cells).at(-1);
        expect(run(topKAccuracy({ classes, k: 1 }), cells).at(-1)).toEqual(expected);
      }),
    );
  });

  test.each([
    { k: 1, right: [1] },
    { k: 2, right: [1, 2] },
    { k: 3, right: [1, 2, 4] },
    { k: 4, right: [0, 1, 2, 4] },
    { k: 5, right: [0, 1, 2, 3, 4] },
  ])('takes the smaller of equal classes first: the first $k of [0, 2, 2, -1, 2]', ({ k, right }) => {
    const scores = toCells(Array.from({ length: SAMPLES }, () => [0, 2, 2, -1, 2]).flat());
    const isCounted = [0, 1, 2, 3, 4].filter((label) => {
      const oneSample = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0);
      const cells = [scores, new Float32Array(SAMPLES).fill(label), oneSample, Float32Array.of(0)];
      return run(topKAccuracy({ classes: 5, k }), cells).at(-1)![0] === 1;
    });
    expect(isCounted).toEqual(right);
  });

  test('a sample with a NaN is wrong for every k', () => {
    const rows = [[NaN, 1, 2], [1, NaN, 2], [1, 2, NaN], [NaN, NaN, NaN], ...Array<number[]>(4).fill([1, 2, 3])];
    const cells = [toCells(rows.flat()), new Float32Array(SAMPLES).fill(2), new Float32Array(SAMPLES).fill(1)];
    for (const k of [1, 2, 3]) {
      expect(run(topKAccuracy({ classes: 3, k }), [...cells, Float32Array.of(0)]).at(-1)).toEqual(Float32Array.of(4));
    }
  });
});

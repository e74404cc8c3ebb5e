// Top-k accuracy compared with accuracy, and by hand.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accuracy } from '../../src/families/metrics/accuracy.ts';
import { topKAccuracy } from '../../src/families/metrics/top-k-accuracy.ts';
import { run, SAMPLES, toCells, values } from '../harness.ts';
import { seeds } from '../shapes.ts';

test('with k = 1 it is accuracy', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), seeds, (classes, seed) => {
      const logits = values(SAMPLES * classes, seed, 1).map((v) => Math.round(3 * v));
      logits[seed % logits.length] = [NaN, Infinity, -Infinity, 0][seed % 4]!;
      const contents = {
        x: toCells(logits),
        targets: Float32Array.from({ length: SAMPLES }, (_, n) => (seed + n) % classes),
        weights: Float32Array.of(1, 0.5, 0, 1, 0.25, 1, 1, 0),
        count: Float32Array.of(7),
      };
      expect(run(topKAccuracy({ classes, k: 1 }), contents).count).toEqual(run(accuracy({ classes }), contents).count);
    }),
  );
});

test.each([
  { k: 1, right: [1] },
  { k: 2, right: [1, 2] },
  { k: 3, right: [1, 2, 4] },
  { k: 4, right: [0, 1, 2, 4] },
  { k: 5, right: [0, 1, 2, 3, 4] },
])('of equal logits the smaller class ranks first: the first $k of [0, 2, 2, -1, 2]', ({ k, right }) => {
  const x = toCells(Array.from({ length: SAMPLES }, () => [0, 2, 2, -1, 2]).flat());
  const isCounted = [0, 1, 2, 3, 4].filter((label) => {
    const weights = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0);
    const targets = new Float32Array(SAMPLES).fill(label);
    return run(topKAccuracy({ classes: 5, k }), { x, targets, weights, count: Float32Array.of(0) }).count[0] === 1;
  });
  expect(isCounted).toEqual(right);
});

test('a sample with a NaN is wrong for every k', () => {
  const rows = [[NaN, 1, 2], [1, NaN, 2], [1, 2, NaN], [NaN, NaN, NaN], ...Array<number[]>(4).fill([1, 2, 3])];
  for (const k of [1, 2, 3]) {
    const { count } = run(topKAccuracy({ classes: 3, k }), {
      x: toCells(rows.flat()),
      targets: new Float32Array(SAMPLES).fill(2),
      weights: new Float32Array(SAMPLES).fill(1),
      count: Float32Array.of(0),
    });
    expect(count).toEqual(Float32Array.of(4));
  }
});

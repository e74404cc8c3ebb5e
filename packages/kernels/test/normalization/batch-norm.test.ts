// Batch normalization: broken numbers, accuracy far from 0, and the reference itself.
import { describe, expect, test } from 'vitest';
import { blockMoments, combineMoments } from '../../src/families/normalization/batch-statistics.ts';
import * as reference from '../../src/reference/index.ts';
import { expectClose, expectSameBits, run, SAMPLES, toCells, values } from '../harness.ts';

const shape = { channels: 3, area: 5 };

test('a block without samples counts nothing, and is all zeros', () => {
  const x = toCells(new Float64Array(SAMPLES * 15).fill(NaN));
  const empty = new Float32Array(7).fill(NaN);
  const { partial } = run(blockMoments(shape), { x, weights: new Float32Array(SAMPLES), partial: empty });
  expectSameBits(partial, new Float32Array(7));
});

test('a NaN in a sample that counts makes its channel NaN, and no other', () => {
  const x = values(SAMPLES * 15, 1, 1);
  x[7] = NaN;
  const weights = new Float32Array(SAMPLES).fill(1);
  const { partial } = run(blockMoments(shape), { x: toCells(x), weights, partial: new Float32Array(7) });
  expect(Array.from(partial.subarray(1, 4), Number.isNaN)).toEqual([false, true, false]);
});

test('the statistics of a plane of 200 × 200 far from 0 are those of float64', () => {
  const large = { channels: 1, area: 40_000 };
  const x = values(SAMPLES * large.area, 1, 1).map((v) => Math.fround(100 + v));
  const weights = new Float32Array(SAMPLES).fill(1);
  const { partial } = run(blockMoments(large), { x: toCells(x), weights, partial: new Float32Array(3) });
  const kernel = combineMoments({ channels: 1, epsilon: 0 });
  const { moments } = run(kernel, { partials: partial, blocks: 1, moments: new Float32Array(4) });
  const expected = reference.combineMoments(1, 0, [reference.blockMoments(large, SAMPLES, x)]);
  moments.forEach((actual, i) => {
    expectClose([actual / expected[i]!], [1], 2e-7);
  });
});

test('the reference in blocks, the last of which is not full, is the reference of all samples at once', () => {
  const x = values(13 * 15, 1, 1);
  const dy = values(13 * 15, 1, 2);
  const parts = [x.subarray(0, 8 * 15), x.subarray(8 * 15)].map((part) =>
    reference.blockMoments(shape, part.length / 15, part),
  );
  const whole = reference.combineMoments(3, 0.1, [reference.blockMoments(shape, 13, x)]);
  expectClose(reference.combineMoments(3, 0.1, parts), whole, 1e-14);
  const weights = Array.from({ length: 13 }, (_, n) => (n < 8 ? 1 : 0));
  const others = weights.map((weight) => 1 - weight);
  const first = reference.blockGradientSums(shape, 13, x, dy, whole, weights);
  const second = reference.blockGradientSums(shape, 13, x, dy, whole, others);
  const all = reference.blockGradientSums(shape, 13, x, dy, whole);
  expectClose(reference.combineSums([first, second]), all, 1e-14);
});

describe('the gradients of the reference agree with central differences', () => {
  const batch = 4;
  const x = values(batch * 15, 1, 1);
  const scale = values(3, 1, 2);
  const offset = values(3, 1, 3);
  const dy = values(batch * 15, 1, 4);
  const momentsOf = (at: Float64Array) => reference.combineMoments(3, 1e-3, [reference.blockMoments(shape, batch, at)]);
  const moments = momentsOf(x);
  const totals = reference.blockGradientSums(shape, batch, x, dy, moments);

  test.each<[string, (at: Float64Array) => Float64Array, Float64Array, Float64Array]>([
    [
      'input',
      (at) => reference.normalize(shape, at, momentsOf(at), scale, offset),
      x,
      reference.normalizeGradient(shape, x, dy, moments, totals, scale),
    ],
    ['scale', (at) => reference.normalize(shape, x, moments, at, offset), scale, totals.slice(3)],
    ['offset', (at) => reference.normalize(shape, x, moments, scale, at), offset, totals.slice(0, 3)],
  ])('at the %s', (_, f, at, gradient) => {
    expect(reference.gradientMismatch(reference.alongDirection(f, dy), at, gradient)).toBeUndefined();
  });
});

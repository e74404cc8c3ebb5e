// Batch normalization against float64: statistics of blocks and of all, values, gradients.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { relu, sigmoid } from '../src/families/activations/activation.ts';
import { normalize, normalizeGradient } from '../src/families/normalization/batch-norm.ts';
import {
  BATCH_STATISTICS_SCRATCH_FLOATS,
  blockMoments,
  combineMoments,
} from '../src/families/normalization/batch-statistics.ts';
import * as reference from '../src/reference/index.ts';
import {
  checkBlockGradientSums,
  checkBlockMoments,
  checkCombineMoments,
  checkCombineSums,
  checkNormalize,
  checkNormalizeGradient,
} from './checks/batch-norm.ts';
import { expectClose, expectSameBits, fromCells, run, SAMPLES, toCells, values } from './harness.ts';
import { planesShapes, seeds } from './shapes.ts';

const channels = fc.integer({ min: 1, max: 19 });
const blocks = fc.integer({ min: 1, max: 7 });
const parameters = fc.record({ useScale: fc.boolean(), useOffset: fc.boolean() });
const shape = { channels: 3, area: 5 };
const scratch = () => new Float32Array(BATCH_STATISTICS_SCRATCH_FLOATS);

describe('over random shapes', () => {
  test('blockMoments', () => {
    fc.assert(fc.property(planesShapes, seeds, (planes, seed) => checkBlockMoments(planes, seed)));
  });

  test('combineMoments', () => {
    fc.assert(fc.property(channels, blocks, seeds, (count, n, seed) => checkCombineMoments(count, n, seed)));
  });

  test('normalize', () => {
    fc.assert(fc.property(planesShapes, seeds, parameters, (planes, seed, used) => checkNormalize(planes, seed, used)));
  });

  test('blockGradientSums', () => {
    fc.assert(fc.property(planesShapes, seeds, (planes, seed) => checkBlockGradientSums(planes, seed)));
  });

  test('combineSums', () => {
    fc.assert(fc.property(channels, blocks, seeds, (count, n, seed) => checkCombineSums(count, n, seed)));
  });

  test('normalizeGradient', () => {
    fc.assert(
      fc.property(planesShapes, seeds, fc.boolean(), (planes, seed, useScale) =>
        checkNormalizeGradient(planes, seed, useScale),
      ),
    );
  });
});

test('a block without samples counts nothing, and is all zeros', () => {
  const x = toCells(new Float64Array(SAMPLES * 15).fill(NaN));
  const partial = run(blockMoments(shape), [x, new Float32Array(SAMPLES), scratch(), new Float32Array(7).fill(NaN)]).at(
    -1,
  )!;
  expectSameBits(partial, new Float32Array(7));
});

test('a NaN in a sample that counts makes its channel NaN, and no other', () => {
  const x = values(SAMPLES * 15, 1, 1);
  x[7] = NaN;
  const weights = new Float32Array(SAMPLES).fill(1);
  const [mean0, mean1, mean2] = run(blockMoments(shape), [toCells(x), weights, scratch(), new Float32Array(7)])
    .at(-1)!
    .slice(1);
  expect([mean0, mean1, mean2].map(Number.isNaN)).toEqual([false, true, false]);
});

test('the statistics of a plane of 200 × 200 far from 0 are those of float64', () => {
  const large = { channels: 1, area: 40_000 };
  const x = values(SAMPLES * large.area, 1, 1).map((v) => Math.fround(100 + v));
  const weights = new Float32Array(SAMPLES).fill(1);
  const partial = run(blockMoments(large), [toCells(x), weights, scratch(), new Float32Array(3)]).at(-1)!;
  const moments = run(combineMoments({ channels: 1, epsilon: 0 }), [partial, 1, new Float32Array(4)]).at(-1)!;
  const expected = reference.combineMoments(1, 0, [reference.blockMoments(large, SAMPLES, x)]);
  moments.forEach((actual, i) => {
    expectClose([actual / expected[i]!], [1], 2e-7);
  });
});

/** Samples in blocks, the last of which is not full, on the way that a layer takes. */
test('the twin in blocks is the twin of all samples at once', () => {
  const x = values(13 * 15, 1, 1);
  const dy = values(13 * 15, 1, 2);
  const parts = [x.subarray(0, 8 * 15), x.subarray(8 * 15)].map((part) =>
    reference.blockMoments(shape, part.length / 15, part),
  );
  const whole = reference.combineMoments(3, 0.1, [reference.blockMoments(shape, 13, x)]);
  expectClose(reference.combineMoments(3, 0.1, parts), whole, 1e-14);
  const weights = Array.from({ length: 13 }, (_, n) => (n < 8 ? 1 : 0));
  const first = reference.blockGradientSums(shape, 13, x, dy, whole, weights);
  const second = reference.blockGradientSums(
    shape,
    13,
    x,
    dy,
    whole,
    weights.map((weight) => 1 - weight),
  );
  const all = reference.blockGradientSums(shape, 13, x, dy, whole);
  expectClose(reference.combineSums([first, second]), all, 1e-14);
});

describe("the twin's gradients agree with central differences", () => {
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

describe('activations', () => {
  const x = values(SAMPLES * 15, 1, 1);
  const dy = values(SAMPLES * 15, 1, 2);
  const moments = values(10, 1, 3).map((v) => 0.5 + Math.abs(v));
  const numbers = new Float32Array(moments);

  test('normalize applies one to its output', () => {
    const kernel = normalize(shape, { activation: relu, useScale: false, useOffset: false });
    const y = run(kernel, [toCells(x), numbers, toCells(x)]).at(-1)!;
    expectClose(fromCells(y), reference.relu(reference.normalize(shape, x, moments)));
  });

  test('normalizeGradient goes through the one that made its input', () => {
    const totals = values(6, 1, 4);
    const weights = new Float32Array(SAMPLES).fill(1);
    const kernel = normalizeGradient(shape, { activation: sigmoid, useScale: false });
    const dx = run(kernel, [toCells(x), toCells(dy), numbers, new Float32Array(totals), weights, toCells(x)]).at(-1)!;
    const expected = reference.normalizeGradient(shape, x, dy, moments, totals);
    expectClose(fromCells(dx), reference.sigmoidGradient(x, expected));
  });
});

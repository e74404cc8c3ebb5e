// Kernels of batch normalization against their twins.
import * as families from '../../src/families/normalization/batch-norm.ts';
import * as statistics from '../../src/families/normalization/batch-statistics.ts';
import * as reference from '../../src/reference/index.ts';
import type { PlanesShape } from '../../src/shapes.ts';
import { expectClose, expectSameBits, fromCells, run, SAMPLES, toCells, unchanged, values } from '../harness.ts';

/** Large enough to be missed where it is left out. */
const EPSILON = 0.1;
/** Floats between the results of one block and the next, which nobody may read. */
const GAP = 3;

const scratch = () => new Float32Array(statistics.BATCH_STATISTICS_SCRATCH_FLOATS);

export function checkBlockMoments(shape: PlanesShape, seed: number, change = unchanged): void {
  const { x, weights } = data(shape, seed);
  const partial = new Float32Array(statistics.partialMomentsFloats(shape.channels));
  const kernel = change(statistics.blockMoments(shape));
  const actual = run(kernel, [toCells(x), new Float32Array(weights), scratch(), partial]).at(-1)!;
  expectCloseRows(actual, reference.blockMoments(shape, SAMPLES, x, weights), [1, shape.channels, shape.channels]);
}

/** Every third block has counted nothing and holds NaN. */
export function checkCombineMoments(channels: number, blocks: number, seed: number, change = unchanged): void {
  const partials = Array.from({ length: blocks }, (_, b) => {
    const partial = values(statistics.partialMomentsFloats(channels), seed, b).map(Math.abs);
    partial[0] = 8 * (b + 1);
    return b % 3 === 1 ? partial.fill(NaN).fill(0, 0, 1) : partial;
  });
  const stride = statistics.partialMomentsFloats(channels) + GAP;
  const kernel = change(statistics.combineMoments({ channels, stride, epsilon: EPSILON }));
  const moments = new Float32Array(statistics.momentsFloats(channels));
  const actual = run(kernel, [rows(partials, stride), blocks, moments]).at(-1)!;
  const expected = reference.combineMoments(channels, EPSILON, partials);
  expectCloseRows(actual, expected, [channels, channels, channels, 1]);
}

export function checkNormalize(shape: PlanesShape, seed: number, options: Parameters, change = unchanged): void {
  const { x, moments, scale, offset } = data(shape, seed);
  const kernel = change(families.normalize(shape, options));
  const parameters = [...(options.useScale ? [scale] : []), ...(options.useOffset ? [offset] : [])];
  const args = [toCells(x), ...[moments, ...parameters].map((array) => new Float32Array(array)), toCells(x)];
  const y = run(kernel, args).at(-1)!;
  const { useScale, useOffset } = options;
  const expected = reference.normalize(shape, x, moments, useScale ? scale : undefined, useOffset ? offset : undefined);
  expectClose(fromCells(y), expected);
}

export function checkBlockGradientSums(shape: PlanesShape, seed: number, change = unchanged): void {
  const { x, dy, moments, weights } = data(shape, seed);
  const partial = new Float32Array(statistics.gradientSumsFloats(shape.channels));
  const kernel = change(statistics.blockGradientSums(shape));
  const cells = [toCells(x), toCells(dy), new Float32Array(moments), new Float32Array(weights), scratch(), partial];
  const expected = reference.blockGradientSums(shape, SAMPLES, x, dy, moments, weights);
  expectClose(run(kernel, cells).at(-1)!, expected);
}

export function checkCombineSums(channels: number, blocks: number, seed: number, change = unchanged): void {
  const floats = statistics.gradientSumsFloats(channels);
  const partials = Array.from({ length: blocks }, (_, b) => values(floats, seed, b));
  const kernel = change(statistics.combineSums({ channels, stride: floats + GAP }));
  const actual = run(kernel, [rows(partials, floats + GAP), blocks, new Float32Array(floats)]).at(-1)!;
  expectClose(actual, reference.combineSums(partials), 1e-6);
}

export function checkNormalizeGradient(shape: PlanesShape, seed: number, useScale: boolean, change = unchanged): void {
  const { x, dy, moments, totals, scale, weights } = data(shape, seed);
  const kernel = change(families.normalizeGradient(shape, { useScale }));
  const numbers = [moments, totals, ...(useScale ? [scale] : []), weights].map((array) => new Float32Array(array));
  const dx = run(kernel, [toCells(x), toCells(dy), ...numbers, toCells(x)]).at(-1)!;
  const expected = reference.normalizeGradient(shape, x, dy, moments, totals, useScale ? scale : undefined, weights);
  expectClose(fromCells(dx), expected);
}

interface Parameters {
  readonly useScale: boolean;
  readonly useOffset: boolean;
}

/** Some samples do not count and hold NaN; there are other statistics than those of x. */
function data({ channels, area }: PlanesShape, seed: number) {
  const size = channels * area;
  const x = values(SAMPLES * size, seed, 1).map((v, i) => v + (Math.floor(i / area) % channels));
  const dy = values(SAMPLES * size, seed, 2);
  const weights = values(SAMPLES, seed, 3).map((v) => (v < -0.3 ? 0 : Math.abs(v)));
  for (const [n, weight] of weights.entries()) {
    if (weight === 0) for (const array of [x, dy]) array.fill(NaN, n * size, (n + 1) * size);
  }
  const moments = values(3 * channels + 1, seed, 4).map((v) => 0.5 + Math.abs(v));
  moments[3 * channels] = 5;
  return {
    x,
    dy,
    weights,
    moments,
    totals: values(2 * channels, seed, 5).map((v) => 5 * v),
    scale: values(channels, seed, 6),
    offset: values(channels, seed, 7),
  };
}

/** The blocks' arrays, each `stride` floats behind the one before. */
function rows(blocks: readonly Float64Array[], stride: number): Float32Array {
  const all = new Float32Array(blocks.length * stride).fill(NaN);
  for (const [b, block] of blocks.entries()) all.set(block, b * stride);
  return all;
}

/** Compares parts of an array by themselves, each by its own greatest number. */
function expectCloseRows(actual: Float32Array, expected: Float64Array, lengths: readonly number[]): void {
  let first = 0;
  for (const length of lengths) {
    expectClose(actual.subarray(first, first + length), expected.subarray(first, first + length));
    first += length;
  }
  expectSameBits([actual.length], [first]);
}

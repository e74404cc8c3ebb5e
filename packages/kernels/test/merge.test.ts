// Sums, products and concatenations against float64, over random shapes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { relu } from '../src/families/activations/activation.ts';
import { sum, sumGradients } from '../src/families/merge/sum.ts';
import * as reference from '../src/reference/index.ts';
import {
  checkConcat,
  checkConcatGradient,
  checkProduct,
  checkProductGradient,
  checkSum,
  checkSumGradients,
} from './checks/merge.ts';
import { expectSameBits, run } from './harness.ts';
import { planesShapes, productShapes, seeds } from './shapes.ts';

const counts = fc.integer({ min: 1, max: 11 });
const terms = fc.integer({ min: 2, max: 5 });
const parts = fc.array(fc.tuple(counts, fc.boolean()), { minLength: 1, maxLength: 4 });

test.each([
  ['sum', checkSum],
  ['sumGradients', checkSumGradients],
] as const)('%s of any number of blocks', (_, check) => {
  fc.assert(fc.property(counts, terms, seeds, (count, blocks, seed) => check(count, blocks, seed)));
});

test('product over random shapes', () => {
  fc.assert(fc.property(productShapes, seeds, (shape, seed) => checkProduct(shape, seed)));
});

test('productGradient of each factor, over random shapes', () => {
  fc.assert(
    fc.property(productShapes, seeds, (shape, seed) => {
      for (const factor of shape.factors.keys()) checkProductGradient(shape, factor, seed);
    }),
  );
});

test('concat of any number of blocks, and the gradients of those that are wanted', () => {
  fc.assert(
    fc.property(parts, seeds, (chosen, seed) => {
      const sizes = chosen.map(([count]) => count);
      checkConcat(sizes, seed);
      checkConcatGradient(
        sizes,
        chosen.map(([, isWanted]) => isWanted),
        seed,
      );
    }),
  );
});

test('gradients of the twins are those of their formulae', () => {
  fc.assert(
    fc.property(planesShapes, ({ channels, area }) => {
      const shape = { channels, area, factors: ['plane', 'channel'] as const };
      const xs = [Float64Array.from({ length: channels * area }, (_, i) => i + 1), new Float64Array(channels).fill(3)];
      const [dx, ds] = reference.productGradients(shape, xs, new Float64Array(channels * area).fill(1));
      expect([...dx!]).toEqual(Array(channels * area).fill(3));
      expect(ds![0]).toBe((area * (area + 1)) / 2);
    }),
  );
});

test('sums may be stored over one of their terms, and keep NaN', () => {
  const x = Float32Array.of(1, 2, NaN, Infinity, 0, -1, -2, -3);
  expectSameBits(run(sum(1, 2, relu), [x, x, x]).at(-1)!, [2, 4, NaN, Infinity, 0, 0, 0, 0]);
  const y = Float32Array.of(0, 1, 0, 1, 0, 1, 0, 1);
  expectSameBits(run(sumGradients(1, 2, relu), [x, x, y, x]).at(-1)!, [0, 4, 0, Infinity, 0, -2, 0, -6]);
});

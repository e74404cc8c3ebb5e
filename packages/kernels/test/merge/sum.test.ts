// Sums in place and of broken numbers, and the reference of products.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { relu } from '../../src/families/activations/activation.ts';
import { sum, sumGradients } from '../../src/families/merge/sum.ts';
import * as reference from '../../src/reference/index.ts';
import { expectSameBits, run } from '../harness.ts';
import { planesShapes } from '../shapes.ts';

test('sums may be stored over one of their terms, and keep NaN', () => {
  const x = Float32Array.of(1, 2, NaN, Infinity, 0, -1, -2, -3);
  expectSameBits(run(sum(1, 2, relu), { x1: x, x2: x, y: x }).y, [2, 4, NaN, Infinity, 0, 0, 0, 0]);
  const y = Float32Array.of(0, 1, 0, 1, 0, 1, 0, 1);
  const { dx } = run(sumGradients(1, 2, relu), { g1: x, g2: x, y, dx: x });
  expectSameBits(dx, [0, 4, 0, Infinity, 0, -2, 0, -6]);
});

test('the gradients of the reference of a product follow its formula', () => {
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

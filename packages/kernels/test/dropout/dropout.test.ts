// Dropout: the draws look random in number, and between neighboring cells, samples and layers.
import { describe, expect, test } from 'vitest';
import { dropout } from '../../src/families/dropout/dropout.ts';
import * as reference from '../../src/reference/index.ts';
import { expectSameBits, fromCells, run, SAMPLES, toCells } from '../harness.ts';

test('keeps everything at rate 0', () => {
  const mask = reference.dropoutMask({ cells: 500, rate: 0, layerKey: 3 }, [1, 2, 3]);
  expect(mask.every((stays) => stays === 1)).toBe(true);
});

test('drops or keeps a channel as a whole', () => {
  const mask = reference.dropoutMask({ cells: 60, channels: 12, rate: 0.5, layerKey: 3 }, [7]);
  expect(mask.every((stays, i) => stays === mask[i - (i % 5)])).toBe(true);
  expect(new Set(mask).size).toBe(2);
});

test('drops numbers that are not finite, and multiplies the others', () => {
  const shape = { cells: 50, rate: 0.5, layerKey: 3 };
  const keys = Uint32Array.from({ length: SAMPLES }, (_, n) => n);
  const x = new Float64Array(SAMPLES * 50).fill(Infinity);
  const y = fromCells(run(dropout(shape), { x: toCells(x), keys, y: toCells(x) }).y);
  expectSameBits(
    y,
    Array.from(reference.dropoutMask(shape, keys), (stays) => (stays ? Infinity : 0)),
  );
});

describe('the draws', () => {
  const CELLS = 50_000;
  /** Adjacent keys, which differ as little as keys can. */
  const keys = [0, 1, 2, 3, 2 ** 31, 0xffffffff];
  const layerKeys = [0, 1, 2, 0x80000000];
  const maskOf = (rate: number, layerKey: number) => reference.dropoutMask({ cells: CELLS, rate, layerKey }, keys);
  const sampleOf = (mask: Uint8Array, n: number) => mask.subarray(n * CELLS, (n + 1) * CELLS);

  test.each([0.01, 0.1, 0.25, 0.5, 0.8, 0.99])('at rate %d keep the expected number, within 4 deviations', (rate) => {
    for (const layerKey of layerKeys) {
      const mask = maskOf(rate, layerKey);
      for (const sample of keys.keys()) {
        const kept = sampleOf(mask, sample).reduce((sum, stays) => sum + stays, 0);
        const deviation = Math.sqrt(CELLS * rate * (1 - rate));
        expect(Math.abs(kept - CELLS * (1 - rate)) / deviation).toBeLessThan(4);
      }
    }
  });

  /** χ² of the four pairs against independent draws. With 3 degrees of freedom, it exceeds 22 once in 15 000 times. */
  function chiSquare(a: Uint8Array, b: Uint8Array, rate: number): number {
    const counts = [0, 0, 0, 0];
    for (const [i, stays] of a.entries()) counts[2 * stays + b[i]!]!++;
    return counts.reduce((sum, count, pair) => {
      const [first, second] = [pair >> 1, pair & 1].map((stays) => (stays === 1 ? 1 - rate : rate));
      const expected = a.length * first! * second!;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
  }
  const UNLIKELY = 22;

  describe.each([0.2, 0.5])('at rate %d are independent', (rate) => {
    const masks = layerKeys.map((layerKey) => maskOf(rate, layerKey));

    test.each([1, 2, 8, 32, 1024])('of draws %i cells away', (distance) => {
      for (const sample of keys.keys()) {
        const mask = sampleOf(masks[0]!, sample);
        expect(chiSquare(mask.subarray(0, -distance), mask.subarray(distance), rate)).toBeLessThan(UNLIKELY);
      }
    });

    test('of the draws of other samples', () => {
      for (let a = 0; a < keys.length; a++) {
        for (let b = 0; b < a; b++) {
          expect(chiSquare(sampleOf(masks[1]!, a), sampleOf(masks[1]!, b), rate)).toBeLessThan(UNLIKELY);
        }
      }
    });

    test('of the draws of other layers', () => {
      for (let a = 0; a < masks.length; a++) {
        for (let b = 0; b < a; b++) {
          for (const sample of keys.keys()) {
            const [first, second] = [masks[a]!, masks[b]!].map((mask) => sampleOf(mask, sample));
            expect(chiSquare(first!, second!, rate)).toBeLessThan(UNLIKELY);
          }
        }
      }
    });
  });
});

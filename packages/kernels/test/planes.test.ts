// Parametric ReLU and softmax against float64, over random shapes; broken and saturated numbers.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prelu, preluInputGradient, preluSlopeGradient } from '../src/families/activations/prelu.ts';
import { softmax, softmaxInputGradient } from '../src/families/activations/softmax.ts';
import {
  checkPrelu,
  checkPreluInputGradient,
  checkPreluSlopeGradient,
  checkSoftmax,
  checkSoftmaxInputGradient,
} from './checks/planes.ts';
import { expectClose, expectSameBits, run } from './harness.ts';
import { planesShapes, seeds } from './shapes.ts';

test.each([
  ['prelu', checkPrelu],
  ['preluInputGradient', checkPreluInputGradient],
  ['softmax', checkSoftmax],
  ['softmaxInputGradient', checkSoftmaxInputGradient],
] as const)('%s over random shapes', (_, check) => {
  fc.assert(fc.property(planesShapes, seeds, (shape, seed) => check(shape, seed)));
});

test('preluSlopeGradient over random shapes', () => {
  fc.assert(
    fc.property(planesShapes, seeds, fc.boolean(), (shape, seed, accumulate) =>
      checkPreluSlopeGradient(shape, seed, accumulate),
    ),
  );
});

const one = { channels: 1, area: 1 };

test('prelu keeps NaN and infinities; at 0 its derivative is the slope', () => {
  const x = Float32Array.of(NaN, Infinity, -Infinity, 0, -0, 1, -1, 2);
  const slope = Float32Array.of(0.5);
  expectClose(run(prelu(one), [x, slope, x]).at(-1)!, [NaN, Infinity, -Infinity, 0, 0, 1, -0.5, 2], 0);
  const dy = new Float32Array(8).fill(4);
  const dx = run(preluInputGradient(one), [x, slope, dy, dy]).at(-1)!;
  expectSameBits(dx.subarray(1), [4, 2, 2, 2, 4, 2, 4]);
  const finite = x.map((v) => (Number.isFinite(v) ? v : 0));
  expectSameBits(run(preluSlopeGradient(one), [finite, dy, slope]).at(-1)!, [-4]);
  expect(run(preluSlopeGradient(one), [x, dy, slope]).at(-1)![0]).toBeNaN();
});

test('softmax neither overflows nor underflows to NaN, and is NaN where something is', () => {
  const shape = { channels: 2, area: 1 };
  const first = [1e4, -1e4, 1e4, 3e38, NaN, 0, Infinity, -Infinity];
  const second = [1e4, -1e4, -1e4, -3e38, 0, NaN, 0, 0];
  const x = Float32Array.of(...first, ...second);
  const y = run(softmax(shape), [x, x]).at(-1)!;
  expectSameBits(y.subarray(0, 8), [0.5, 0.5, 1, 1, NaN, NaN, NaN, 0]);
  expectSameBits(y.subarray(8), [0.5, 0.5, 0, 0, NaN, NaN, NaN, 1]);
  const dx = run(softmaxInputGradient(shape), [y, new Float32Array(16).fill(1e4), y]).at(-1)!;
  expectSameBits(dx.subarray(0, 4), [0, 0, 0, 0]);
});

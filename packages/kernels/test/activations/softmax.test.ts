// Softmax of large and of broken numbers.
import { test } from 'vitest';
import { softmax, softmaxInputGradient } from '../../src/families/activations/softmax.ts';
import { expectSameBits, run } from '../harness.ts';

test('softmax neither overflows nor underflows to NaN, and is NaN if a number is NaN', () => {
  const shape = { channels: 2, area: 1 };
  const first = [1e4, -1e4, 1e4, 3e38, NaN, 0, Infinity, -Infinity];
  const second = [1e4, -1e4, -1e4, -3e38, 0, NaN, 0, 0];
  const x = Float32Array.of(...first, ...second);
  const { y } = run(softmax(shape), { x, y: x });
  expectSameBits(y.subarray(0, 8), [0.5, 0.5, 1, 1, NaN, NaN, NaN, 0]);
  expectSameBits(y.subarray(8), [0.5, 0.5, 0, 0, NaN, NaN, NaN, 1]);
  const { dx } = run(softmaxInputGradient(shape), { y, dy: new Float32Array(16).fill(1e4), dx: y });
  expectSameBits(dx.subarray(0, 4), [0, 0, 0, 0]);
});

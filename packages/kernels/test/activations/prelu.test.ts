// Parametric ReLU of broken numbers, and at 0.
import { expect, test } from 'vitest';
import { prelu, preluInputGradient, preluSlopeGradient } from '../../src/families/activations/prelu.ts';
import { expectClose, expectSameBits, run } from '../harness.ts';

const one = { channels: 1, area: 1 };

test('prelu keeps NaN and infinities; at 0 its derivative is the slope', () => {
  const x = Float32Array.of(NaN, Infinity, -Infinity, 0, -0, 1, -1, 2);
  const slope = Float32Array.of(0.5);
  expectClose(run(prelu(one), { x, slope, y: x }).y, [NaN, Infinity, -Infinity, 0, 0, 1, -0.5, 2], 0);
  const dy = new Float32Array(8).fill(4);
  const { dx } = run(preluInputGradient(one), { x, slope, dy, dx: dy });
  expectSameBits(dx.subarray(1), [4, 2, 2, 2, 4, 2, 4]);
  const finite = x.map((v) => (Number.isFinite(v) ? v : 0));
  expectSameBits(run(preluSlopeGradient(one), { x: finite, dy, dslope: slope }).dslope, [-4]);
  expect(run(preluSlopeGradient(one), { x, dy, dslope: slope }).dslope[0]).toBeNaN();
});

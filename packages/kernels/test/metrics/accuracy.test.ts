// Accuracy of broken logits.
import { expect, test } from 'vitest';
import { accuracy } from '../../src/families/metrics/accuracy.ts';
import { binaryAccuracy } from '../../src/families/metrics/binary-accuracy.ts';
import { run, SAMPLES, toCells } from '../harness.ts';

const weights = new Float32Array(SAMPLES).fill(1);

test('accuracy: a sample with a NaN is wrong, a sample with infinities may be right', () => {
  const x = new Float64Array(SAMPLES * 3);
  x.set([NaN, 1, 2, 0, NaN, 2, 0, 1, NaN, -Infinity, -Infinity, -Infinity, 1, Infinity, 2]);
  const targets = Float32Array.of(2, 2, 1, 0, 1, 0, 0, 1);
  const right = [3, 4, 5, 6];
  const { count } = run(accuracy({ classes: 3 }), { x: toCells(x), targets, weights, count: Float32Array.of(100) });
  expect(count).toEqual(Float32Array.of(100 + right.length));
});

test('binaryAccuracy: a NaN is wrong whatever the target is', () => {
  const { total } = run(binaryAccuracy({ elements: 1, threshold: 0.5 }), {
    y: new Float32Array(SAMPLES).fill(NaN),
    t: Float32Array.of(0, 1, 0, 1, 0, 1, 0, 1),
    weights,
    total: Float32Array.of(0),
  });
  expect(total).toEqual(Float32Array.of(0));
});

// The count of labels among the highest scores against its twin.
import { expect } from 'vitest';
import * as families from '../../src/families/top-k-accuracy.ts';
import * as reference from '../../src/reference/index.ts';
import type { TopKShape } from '../../src/shapes.ts';
import { run, SAMPLES, toCells, unchanged, values } from '../harness.ts';

/** Counted before. */
const EARLIER = 100;

/** Some scores are equal and some infinite, one may be NaN; some samples weigh nothing. */
export function checkTopKAccuracy(shape: TopKShape, seed: number, change = unchanged): void {
  const { classes } = shape;
  const scores = values(SAMPLES * classes, seed, 1).map((v) =>
    v > 0.95 ? Infinity : v < -0.95 ? -Infinity : Math.round(3 * v),
  );
  if (seed % 2 === 1) scores[seed % scores.length] = NaN;
  const labels = values(SAMPLES, seed, 2).map((v) => Math.floor(((v + 1) / 2) * classes));
  const weights = values(SAMPLES, seed, 3).map((v) => (v < -0.5 ? 0 : Math.abs(v)));
  const cells = [toCells(scores), new Float32Array(labels), new Float32Array(weights), Float32Array.of(EARLIER)];
  const count = run(change(families.topKAccuracy(shape)), cells).at(-1)![0]!;
  const right = reference
    .topClasses(shape, SAMPLES, scores)
    .filter((top, n) => weights[n]! > 0 && top.includes(labels[n]!));
  expect(count - EARLIER).toBe(right.length);
}

// Losses and softmax of the largest and the smallest numbers, and at the points where their formulas change.
import { expect, test } from 'vitest';
import { softmax, softmaxInputGradient } from '../../src/families/activations/softmax.ts';
import { huber } from '../../src/families/losses/huber.ts';
import { sigmoidBinaryCrossEntropy } from '../../src/families/losses/sigmoid-binary-cross-entropy.ts';
import { softmaxCrossEntropy } from '../../src/families/losses/softmax-cross-entropy.ts';
import { expectSameBits, fromCells, run, SAMPLES, toCells } from '../harness.ts';

const F = Math.fround;
const only = (sample: number) => new Float32Array(SAMPLES).fill(0).fill(1, sample, sample + 1);
const ulpAbove = (x: number) => x * (1 + 2 ** -23);
const ulpBelow = (x: number) => x * (1 - 2 ** -24);

const expectRelative = (actual: number, expected: number, bound: number, what: string) => {
  const isSame = actual === F(expected) || Math.abs(actual - expected) <= bound * Math.abs(expected) + 2 ** -148;
  if (!isSame) expect.fail(`${what}: actual ${actual}, expected ${expected}`);
};

test('sigmoidBinaryCrossEntropy over all magnitudes', () => {
  const magnitudes = [0, 2 ** -149, 1e-38, 1e-8, 0.3, 1, 17.5, 87, 88.8, 104, 1e5, 1e38];
  const xs = magnitudes.flatMap((x) => [F(x), -F(x), F(x), -F(x)]);
  const ts = xs.map((_, i) => (i % 4 < 2 ? 1 : 0));
  const kernel = sigmoidBinaryCrossEntropy({ elements: 1 });
  for (let first = 0; first < xs.length; first += SAMPLES) {
    const x = Float64Array.from(xs.slice(first, first + SAMPLES));
    const t = Float64Array.from(ts.slice(first, first + SAMPLES));
    for (let n = 0; n < SAMPLES; n++) {
      const operands = { y: toCells(x), t: toCells(t), weights: only(n), dy: toCells(x), loss: Float32Array.of(0) };
      const { dy, loss } = run(kernel, operands);
      const away = (t[n] === 1 ? -1 : 1) * x[n]!;
      const what = `x = ${x[n]}, t = ${t[n]}`;
      expectRelative(loss[0]!, Math.max(away, 0) + Math.log1p(Math.exp(-Math.abs(away))), 5e-7, what);
      const slope = away < 0 ? Math.exp(away) / (1 + Math.exp(away)) : 1 / (1 + Math.exp(-away));
      expectRelative(dy[n]!, t[n] === 1 ? -slope : slope, 5e-7, what);
    }
  }
});

test('huber at its branches and for the largest errors', () => {
  const delta = F(0.7);
  const errors = [0, 2 ** -149, 1e-20, ulpBelow(delta), delta, ulpAbove(delta), 1e20, 1e38].map(F);
  for (const sign of [1, -1]) {
    const y = Float64Array.from(errors, (error) => sign * error);
    for (let n = 0; n < SAMPLES; n++) {
      const operands = {
        y: toCells(y),
        t: toCells(y.map(() => 0)),
        weights: only(n),
        dy: toCells(y),
        loss: Float32Array.of(0),
      };
      const { dy, loss } = run(huber({ elements: 1, delta }), operands);
      const e = errors[n]!;
      expectRelative(loss[0]!, e <= delta ? (e * e) / 2 : delta * (e - delta / 2), 3e-7, `error ${e}`);
      expectSameBits(dy.subarray(n, n + 1), [sign * Math.min(e, delta)]);
    }
  }
});

test('softmax and its cross-entropy of numbers that are far apart', () => {
  const rows = [
    [1e38, -1e38],
    [-1e38, -1e38],
    [3e38, -3e38],
    [1e38, 1e38],
    [2 ** -149, 0],
    [0, -100],
    [0, 100],
    [-88, 0],
  ].map((row) => row.map(F));
  const x = Float64Array.from(rows.flat());
  const cells = toCells(x);
  const probabilities = ([a, b]: readonly number[]) => [1 / (1 + Math.exp(b! - a!)), 1 / (1 + Math.exp(a! - b!))];
  const shape = { channels: 2, area: 1 };
  const { y } = run(softmax(shape), { x: cells, y: cells });
  fromCells(y).forEach((p, i) => {
    expectRelative(p, probabilities(rows[i >> 1]!)[i & 1]!, 5e-7, `softmax of ${rows[i >> 1]}`);
  });
  const { dx } = run(softmaxInputGradient(shape), { y, dy: toCells(x.map((_, i) => i & 1)), dx: cells });
  expect(dx.every(Number.isFinite)).toBe(true);
  for (const label of [0, 1]) {
    for (const [n, row] of rows.entries()) {
      const targets = new Float32Array(SAMPLES).fill(label);
      const operands = { x: cells, targets, weights: only(n), dx: cells, loss: Float32Array.of(0) };
      const { loss, dx } = run(softmaxCrossEntropy({ classes: 2 }), operands);
      const away = row[1 - label]! - row[label]!;
      const exact = Math.max(away, 0) + Math.log1p(Math.exp(-Math.abs(away)));
      // 1 + e^−|away| is rounded before its logarithm is taken.
      if (!(Math.abs(loss[0]! - exact) <= 6e-8))
        expectRelative(loss[0]!, exact, 3e-7, `loss of ${row}, label ${label}`);
      const gradient = fromCells(dx).slice(2 * n, 2 * n + 2);
      expect(gradient.every((g, c) => Math.abs(g - (probabilities(row)[c]! - (c === label ? 1 : 0))) <= 6e-8)).toBe(
        true,
      );
    }
  }
});

// The order of the variants of a rule, and the sum of the gradients by chunks and of broken numbers.
import { expect, test } from 'vitest';
import { chunkCount, reduceGradients } from '../../src/families/update/gradient-clipping.ts';
import { UPDATE_UNIT } from '../../src/families/update/shard-sums.ts';
import { averagedBy, clippedByValue, scaled, sgdStep } from '../cases/update.ts';
import { expectSameBits, run, values } from '../harness.ts';

test('the hyperparameters of a variant precede or follow those of the rule', () => {
  const settings = { learningRate: 1, momentum: 0, weightDecay: 0, nesterov: false };
  const { rule } = clippedByValue(scaled(sgdStep(settings), 0.5), 1);
  expect(rule.hyperparameters).toEqual(['gradientScale', 'learningRate', 'momentum', 'weightDecay']);
  expect(averagedBy(sgdStep(settings), 0.5).rule.slots).toEqual({ velocity: 'zeros', average: 'parameters' });
});

test('reduceGradients has the same bits however the chunks are divided', () => {
  const shape = { parameters: 21 * UPDATE_UNIT, shardStride: 21 * UPDATE_UNIT, chunkUnits: 4 };
  const kernel = reduceGradients(shape);
  const chunks = chunkCount(shape);
  const start = {
    gradients: new Float32Array(values(3 * shape.shardStride, 1, 1)),
    norms: new Float32Array(chunks),
    shards: 3,
  };
  const whole = run(kernel, { ...start, first: 0, last: chunks });
  let parts = start;
  for (const first of [3, 0, 5, 1, 4, 2]) {
    const { gradients, norms } = run(kernel, { ...parts, first, last: first + 1 });
    parts = { ...start, gradients, norms } as typeof start;
  }
  expectSameBits(parts.gradients, whole.gradients);
  expectSameBits(parts.norms, whole.norms);
});

test('reduceGradients keeps a NaN, clipped or not, and only in its chunk', () => {
  for (const clipValue of [undefined, 1]) {
    const gradients = new Float32Array(3 * UPDATE_UNIT).fill(2);
    gradients[UPDATE_UNIT + 3] = Number.NaN;
    const shape = { parameters: gradients.length, shardStride: gradients.length, chunkUnits: 1, clipValue };
    const contents = { gradients, norms: new Float32Array(3), first: 0, last: 3, shards: 1 };
    const results = run(reduceGradients(shape), contents);
    const each = clipValue ?? 2;
    expect(results.gradients).toEqual(gradients.map((g) => (Number.isNaN(g) ? g : each)));
    expectSameBits(results.norms, [UPDATE_UNIT * each ** 2, Number.NaN, UPDATE_UNIT * each ** 2]);
  }
});

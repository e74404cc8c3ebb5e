// A step of every optimizer, and the sum of the shards' gradients, against float64.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunkCount, reduceGradients } from '../src/families/update/gradient-clipping.ts';
import { UPDATE_UNIT } from '../src/families/update/shard-sums.ts';
import {
  adamStep,
  averagedBy,
  checkReduceGradients,
  checkUpdate,
  clippedByValue,
  frozen,
  movingAverage,
  rmspropStep,
  type Step,
  scaled,
  sgdStep,
  tuned,
} from './checks/update.ts';
import { expectSameBits, run, values } from './harness.ts';
import { seeds } from './shapes.ts';

const slices = fc.record({
  first: fc.nat(6),
  length: fc.nat(6),
  behind: fc.integer({ min: 1, max: 2 }),
  shards: fc.integer({ min: 1, max: 9 }),
  gap: fc.nat(2),
});

const learningRate = fc.constantFrom(0.001, 0.1);
const momentum = fc.constantFrom(0, 0.9);
const weightDecay = fc.constantFrom(0, 0.1);
// Not so small that it magnifies what float32 rounds off.
const epsilon = fc.constantFrom(0.01, 0.5);

const sgdSettings = fc.record({ learningRate, momentum, weightDecay, nesterov: fc.boolean() });
const sgdSteps = sgdSettings.map(sgdStep);
const adamSettings = fc.record({
  learningRate,
  beta1: fc.constantFrom(0, 0.9),
  beta2: fc.constantFrom(0.9, 0.999),
  epsilon,
  weightDecay,
  decoupled: fc.boolean(),
});
const adamSteps = fc.tuple(adamSettings, fc.constantFrom(1, 2, 1000)).map(([settings, t]) => adamStep(settings, t));
const rmspropSettings = fc.record({ learningRate, rho: fc.constantFrom(0.9, 0.99), epsilon, momentum, weightDecay });
const rmspropSteps = rmspropSettings.map(rmspropStep);
const tunedBy = <S extends Parameters<typeof tuned>[1]>(settings: fc.Arbitrary<S>, stepOf: (settings: S) => Step) =>
  fc
    .tuple(settings, fc.constantFrom(0, 0.5, 1, 3), fc.boolean())
    .map(([chosen, factor, decays]) => tuned(stepOf, chosen, factor, decays));
const tunedSteps = fc.oneof(
  tunedBy(sgdSettings, sgdStep),
  tunedBy(adamSettings, (settings) => adamStep(settings, 3)),
  tunedBy(rmspropSettings, rmspropStep),
);
const anySteps = fc.oneof(sgdSteps, adamSteps, rmspropSteps);
const withNumber = (number: number[], change: (step: Step, number: number) => Step) =>
  fc.tuple(anySteps, fc.constantFrom(...number)).map(([step, n]) => change(step, n));

describe('one step over any slice, for any number of shards', () => {
  test.each<[name: string, steps: fc.Arbitrary<Step>]>([
    ['sgd', sgdSteps],
    ['adam', adamSteps],
    ['rmsprop', rmspropSteps],
    ['of a gradient clipped by value', withNumber([0.25, 1, 100], clippedByValue)],
    ['of a gradient scaled', withNumber([0, 0.3, 1], scaled)],
    ['with an average', withNumber([0, 0.9, 0.9999], averagedBy)],
    ['with a factor and without decay', tunedSteps],
    ['of all these with an average', tunedSteps.map((step) => averagedBy(step, 0.9))],
    ['that leaves parameters alone', anySteps.map((step) => frozen(averagedBy(step, 0.9)))],
    ['of a running statistic', withNumber([0, 0.1, 1], (step, n) => movingAverage(averagedBy(step, 0.9), n))],
    ['with everything', withNumber([0.5], (step, n) => averagedBy(scaled(clippedByValue(step, n), n), n))],
  ])('%s', (_, steps) => {
    fc.assert(fc.property(steps, slices, seeds, (step, slice, seed) => checkUpdate(step, slice, seed)));
  });
});

test('the order is that of the options: clip, then scale', () => {
  const settings = { learningRate: 1, momentum: 0, weightDecay: 0, nesterov: false };
  const { rule } = clippedByValue(scaled(sgdStep(settings), 0.5), 1);
  expect(rule.hyperparameters).toEqual(['gradientScale', 'learningRate', 'momentum', 'weightDecay']);
  expect(averagedBy(sgdStep(settings), 0.5).rule.slots).toEqual({ velocity: 'zeros', average: 'parameters' });
});

describe('the sum of the gradients', () => {
  const reductions = fc.integer({ min: 1, max: 5 }).chain((chunkUnits) =>
    fc.record({
      chunkUnits: fc.constant(chunkUnits),
      missing: fc.nat(chunkUnits - 1),
      clipValue: fc.constantFrom(undefined, 0.5),
    }),
  );

  test('over any slice of chunks, for any number of shards', () => {
    fc.assert(
      fc.property(reductions, slices, fc.boolean(), seeds, (reduction, slice, toTheEnd, seed) => {
        const behind = toTheEnd && slice.first + slice.length > 0 ? 0 : slice.behind;
        checkReduceGradients(reduction, { ...slice, behind }, seed);
      }),
    );
  });

  test('has the same bits however the chunks are divided', () => {
    const shape = { parameters: 21 * UPDATE_UNIT, shardStride: 21 * UPDATE_UNIT, chunkUnits: 4 };
    const kernel = reduceGradients(shape);
    const chunks = chunkCount(shape);
    const start = [new Float32Array(values(3 * shape.shardStride, 1, 1)), new Float32Array(chunks)];
    const whole = run(kernel, [...start, 0, chunks, 3]);
    let parts: readonly Float32Array[] = start;
    for (const chunk of [3, 0, 5, 1, 4, 2]) parts = run(kernel, [...parts, chunk, chunk + 1, 3]);
    parts.forEach((array, i) => {
      expectSameBits(array, whole[i]!);
    });
  });

  test('lets a NaN through, clipped or not, and not beyond its chunk', () => {
    for (const clipValue of [undefined, 1]) {
      const gradients = new Float32Array(3 * UPDATE_UNIT).fill(2);
      gradients[UPDATE_UNIT + 3] = Number.NaN;
      const shape = { parameters: gradients.length, shardStride: gradients.length, chunkUnits: 1, clipValue };
      const [sums, norms] = run(reduceGradients(shape), [gradients, new Float32Array(3), 0, 3, 1]);
      const each = clipValue ?? 2;
      expect(sums).toEqual(gradients.map((g) => (Number.isNaN(g) ? g : each)));
      expectSameBits(norms!, [UPDATE_UNIT * each ** 2, Number.NaN, UPDATE_UNIT * each ** 2]);
    }
  });
});

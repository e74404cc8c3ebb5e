// The kernels of a step against their twins: optimizers' rules and what can be put around them, and the sum of the gradients.
import { expect } from 'vitest';
import { adamRule } from '../../src/families/update/adam.ts';
import { averaged } from '../../src/families/update/averaged.ts';
import * as families from '../../src/families/update/gradient-clipping.ts';
import * as treatment from '../../src/families/update/parameter-treatment.ts';
import { rmspropRule } from '../../src/families/update/rmsprop.ts';
import { sgdRule } from '../../src/families/update/sgd.ts';
import { UPDATE_UNIT } from '../../src/families/update/shard-sums.ts';
import { type UpdateRule, updateKernel } from '../../src/families/update/update.ts';
import * as reference from '../../src/reference/index.ts';
import { expectClose, expectSameBits, run, unchanged, values } from '../harness.ts';

/** `parameters` and the slots by their names. */
type State = Readonly<Record<string, Float64Array>>;

/** A rule with the numbers of a step, and the same step by the twin. */
export interface Step {
  readonly rule: UpdateRule;
  readonly numbers: Readonly<Record<string, number>>;
  twin(state: State, shardGradients: readonly Float64Array[]): State;
}

export const sgdStep = (settings: reference.SgdSettings): Step => ({
  rule: sgdRule(settings.nesterov),
  numbers: { ...settings, nesterov: 0 },
  twin: (state, gradients) => ({ ...reference.sgd(settings, state as never, gradients) }),
});

export const adamStep = (settings: reference.AdamSettings, t: number): Step => {
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled } = settings;
  return {
    rule: adamRule(decoupled),
    numbers: {
      meanRate: 1 - beta1,
      squareDecay: beta2,
      squareRate: 1 - beta2,
      stepSize: learningRate / (1 - beta1 ** t),
      squareScale: 1 / Math.sqrt(1 - beta2 ** t),
      epsilon,
      weightDecay: decoupled ? learningRate * weightDecay : weightDecay,
    },
    twin: (state, gradients) => ({ ...reference.adam(settings, t, state as never, gradients) }),
  };
};

export const rmspropStep = (settings: reference.RmspropSettings): Step => ({
  rule: rmspropRule(),
  numbers: { ...settings, squareDecay: settings.rho, squareRate: 1 - settings.rho },
  twin: (state, gradients) => ({ ...reference.rmsprop(settings, state as never, gradients) }),
});

export const clippedByValue = ({ rule, numbers, twin }: Step, limit: number): Step => ({
  rule: families.clippedByValue(rule, limit),
  numbers,
  twin: (state, gradients) => twin(state, [reference.clipByValue(reference.sumShards(gradients), limit)]),
});

export const scaled = ({ rule, numbers, twin }: Step, gradientScale: number): Step => ({
  rule: families.scaled(rule),
  numbers: { ...numbers, gradientScale },
  twin: (state, gradients) => twin(state, [reference.sumShards(gradients).map((g) => gradientScale * g)]),
});

export const averagedBy = ({ rule, numbers, twin }: Step, decay: number): Step => ({
  rule: averaged(rule),
  numbers: { ...numbers, averageRate: 1 - decay },
  twin(state, gradients) {
    const next = twin(state, gradients);
    const { average } = state;
    const { parameters } = next;
    return { ...next, average: reference.movingAverage(average!, parameters!, decay) };
  },
});

/** A step of settings that have their learning rate multiplied by a factor, and perhaps no weight decay. */
export const tuned = <Settings extends { readonly learningRate: number; readonly weightDecay: number }>(
  stepOf: (settings: Settings) => Step,
  settings: Settings,
  factor: number,
  decays: boolean,
): Step => {
  const { learningRate, weightDecay } = settings;
  const own = { ...settings, learningRate: factor * learningRate, weightDecay: decays ? weightDecay : 0 };
  const { rule, numbers } = stepOf(settings);
  return { rule: treatment.tuned(rule, factor, decays), numbers, twin: stepOf(own).twin };
};

export const frozen = ({ rule, numbers }: Step): Step => ({
  rule: treatment.frozen(rule),
  numbers,
  twin: ({ parameters, ...slots }) => withParameters(slots, parameters!),
});

export const movingAverage = ({ rule, numbers }: Step, momentum: number): Step => ({
  rule: treatment.movingAverage(rule, momentum),
  numbers,
  twin: ({ parameters, ...slots }, gradients) =>
    withParameters(slots, reference.movingAverage(parameters!, reference.sumShards(gradients), 1 - momentum)),
});

/** The average of what no optimizer changes is the same. */
const withParameters = (slots: State, parameters: Float64Array): State => ({
  ...slots,
  ...('average' in slots && { average: parameters }),
  parameters,
});

/** Units, or chunks, first … first + length − 1 of the parameters, and how many there are behind them; shards `gap` units apart. */
export interface Slice {
  readonly first: number;
  readonly length: number;
  readonly behind: number;
  readonly shards: number;
  readonly gap: number;
}

const UNTOUCHED = 7;

export function checkUpdate({ rule, numbers, twin }: Step, slice: Slice, seed: number, change = unchanged): void {
  const { first, length, shards } = slice;
  const { parameters, shardStride, gradients, shardGradients } = gradientsOf(slice, UPDATE_UNIT, seed);
  const arrays = ['parameters', ...Object.keys(rule.slots)];
  // An average of squares is not negative.
  const initial = arrays.map((name, i) => {
    const numbers = values(parameters, seed, i + 2);
    return name === 'square' ? numbers.map(Math.abs) : numbers;
  });
  const results = run(change(updateKernel(rule, { parameters, shardStride })), [
    ...initial.map((array) => new Float32Array(array)),
    new Float32Array(gradients),
    ...arrays.map(() => new Float32Array(parameters).fill(UNTOUCHED)),
    ...[first, first + length, shards],
    ...rule.hyperparameters.map((name) => numbers[name]!),
  ]);

  const expected = twin(Object.fromEntries(arrays.map((name, i) => [name, initial[i]!])), shardGradients);
  const [from, to] = [first * UPDATE_UNIT, (first + length) * UPDATE_UNIT];
  for (const [i, name] of arrays.entries()) {
    const next = results[arrays.length + 1 + i]!;
    expectClose(next.subarray(from, to), expected[name]!.subarray(from, to), 1e-6);
    expectUntouched(next, from, to);
    expectSameBits(results[i]!, initial[i]!);
  }
  expectSameBits(results[arrays.length]!, gradients);
}

export interface Reduction {
  readonly chunkUnits: number;
  /** Units that the last chunk lacks. */
  readonly missing: number;
  readonly clipValue?: number | undefined;
}

export function checkReduceGradients(reduction: Reduction, slice: Slice, seed: number, change = unchanged): void {
  const { chunkUnits, missing, clipValue } = reduction;
  const { first, length, shards } = slice;
  const chunk = chunkUnits * UPDATE_UNIT;
  const { parameters, shardStride, gradients, shardGradients } = gradientsOf(slice, chunk, seed, missing * UPDATE_UNIT);
  const shape = { parameters, shardStride, chunkUnits, clipValue };
  const chunks = families.chunkCount(shape);
  expect(chunks).toBe(first + length + slice.behind);
  const [reduced, norms] = run(change(families.reduceGradients(shape)), [
    new Float32Array(gradients),
    new Float32Array(chunks).fill(UNTOUCHED),
    ...[first, first + length, shards],
  ]);

  const sum = reference.sumShards(shardGradients);
  const clipped = clipValue === undefined ? sum : reference.clipByValue(sum, clipValue);
  const [from, to] = [first * chunk, Math.min(parameters, (first + length) * chunk)];
  expectClose(reduced!.subarray(from, to), clipped.subarray(from, to), 1e-6);
  expectSameBits(reduced!.subarray(0, from), gradients.subarray(0, from));
  expectSameBits(reduced!.subarray(to), gradients.subarray(to));
  const squares = reference.chunkSquares(clipped, chunk);
  for (let i = first; i < first + length; i++) expectClose([norms![i]! / squares[i]!], [1], 1e-5);
  expectUntouched(norms!, first, first + length);
}

/** Gradients of all shards in one array, and of each shard. */
function gradientsOf({ first, length, behind, shards, gap }: Slice, unit: number, seed: number, missing = 0) {
  const parameters = (first + length + behind) * unit - missing;
  const shardStride = parameters + gap * UPDATE_UNIT;
  const gradients = values(shards * shardStride, seed, 1);
  const shardGradients = Array.from({ length: shards }, (_, shard) =>
    gradients.subarray(shard * shardStride, shard * shardStride + parameters),
  );
  return { parameters, shardStride, gradients, shardGradients };
}

function expectUntouched(array: Float32Array, from: number, to: number): void {
  const others = array.filter((_, i) => i < from || i >= to);
  expect(others.every((x) => x === UNTOUCHED)).toBe(true);
}

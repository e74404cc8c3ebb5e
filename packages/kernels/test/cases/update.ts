// The kernels of the reduction and the update: rules of optimizers with their variants, and sums of gradients.
import fc from 'fast-check';
import { expect } from 'vitest';
import { adamRule } from '../../src/families/update/adam.ts';
import { averaged } from '../../src/families/update/averaged.ts';
import * as clipping from '../../src/families/update/gradient-clipping.ts';
import * as treatment from '../../src/families/update/parameter-treatment.ts';
import { reduceShards } from '../../src/families/update/reduce-shards.ts';
import { rmspropRule } from '../../src/families/update/rmsprop.ts';
import { sgd, sgdRule } from '../../src/families/update/sgd.ts';
import { UPDATE_UNIT } from '../../src/families/update/shard-sums.ts';
import { type UpdateRule, updateKernel } from '../../src/families/update/update.ts';
import * as reference from '../../src/reference/index.ts';
import { expectClose, expectSameBits, values } from '../harness.ts';
import { seeds } from '../shapes.ts';
import { type KernelCases, kernelCases, type Problem, problem } from './kernel-cases.ts';

/** `parameters`, and the slots by their names. */
type State = Readonly<Record<string, Float64Array>>;

/** A rule with the hyperparameters of a step, and the reference of this step. */
export interface Step {
  readonly rule: UpdateRule;
  readonly numbers: Readonly<Record<string, number>>;
  reference(state: State, shardGradients: readonly Float64Array[]): State;
}

export const sgdStep = (settings: reference.SgdSettings): Step => ({
  rule: sgdRule(settings.nesterov),
  numbers: { ...settings, nesterov: 0 },
  reference: (state, gradients) => ({ ...reference.sgd(settings, state as never, gradients) }),
});

const adamStep = (settings: reference.AdamSettings, t: number): Step => {
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
    reference: (state, gradients) => ({ ...reference.adam(settings, t, state as never, gradients) }),
  };
};

const rmspropStep = (settings: reference.RmspropSettings): Step => ({
  rule: rmspropRule(),
  numbers: { ...settings, squareDecay: settings.rho, squareRate: 1 - settings.rho },
  reference: (state, gradients) => ({ ...reference.rmsprop(settings, state as never, gradients) }),
});

export const clippedByValue = (step: Step, limit: number): Step => ({
  rule: clipping.clippedByValue(step.rule, limit),
  numbers: step.numbers,
  reference: (state, gradients) =>
    step.reference(state, [reference.clipByValue(reference.sumShards(gradients), limit)]),
});

export const scaled = (step: Step, gradientScale: number): Step => ({
  rule: clipping.scaled(step.rule),
  numbers: { ...step.numbers, gradientScale },
  reference: (state, gradients) =>
    step.reference(state, [reference.sumShards(gradients).map((g) => gradientScale * g)]),
});

export const averagedBy = (step: Step, decay: number): Step => ({
  rule: averaged(step.rule),
  numbers: { ...step.numbers, averageRate: 1 - decay },
  reference(state, gradients) {
    const next = step.reference(state, gradients);
    const { average } = state;
    const { parameters } = next;
    return { ...next, average: reference.movingAverage(average!, parameters!, decay) };
  },
});

/** A step whose learning rate is multiplied by a factor, perhaps without weight decay. */
const tuned = <Settings extends { readonly learningRate: number; readonly weightDecay: number }>(
  stepOf: (settings: Settings) => Step,
  settings: Settings,
  factor: number,
  decays: boolean,
): Step => {
  const { learningRate, weightDecay } = settings;
  const own = { ...settings, learningRate: factor * learningRate, weightDecay: decays ? weightDecay : 0 };
  const { rule, numbers } = stepOf(settings);
  return { rule: treatment.tuned(rule, factor, decays), numbers, reference: stepOf(own).reference };
};

const frozen = ({ rule, numbers }: Step): Step => ({
  rule: treatment.frozen(rule),
  numbers,
  reference: ({ parameters, ...slots }) => withParameters(slots, parameters!),
});

const movingAverage = ({ rule, numbers }: Step, momentum: number): Step => ({
  rule: treatment.movingAverage(rule, momentum),
  numbers,
  reference: ({ parameters, ...slots }, gradients) =>
    withParameters(slots, reference.movingAverage(parameters!, reference.sumShards(gradients), 1 - momentum)),
});

/** The average of parameters that no optimizer changes is equal to them. */
const withParameters = (slots: State, parameters: Float64Array): State => ({
  ...slots,
  ...('average' in slots && { average: parameters }),
  parameters,
});

/**
 * Units, or chunks, first … first + length − 1 of the parameters, and the number after them; shards are `gap` units
 * apart.
 */
interface Slice {
  readonly first: number;
  readonly length: number;
  readonly after: number;
  readonly shards: number;
  readonly gap: number;
}

const UNTOUCHED = 7;

function updateProblem({ rule, numbers, reference: expectedStep }: Step, slice: Slice, seed: number): Problem {
  const { first, length, shards } = slice;
  const { parameters, shardStride, gradients, shardGradients } = gradientsOf(slice, UPDATE_UNIT, seed);
  const names = ['w', ...Object.keys(rule.slots)];
  // An average of squares is not negative.
  const initial = Object.fromEntries(
    names.map((name, i) => {
      const start = values(parameters, seed, i + 2);
      return [name, name === 'square' ? start.map(Math.abs) : start];
    }),
  );
  const contents = {
    ...Object.fromEntries(names.map((name) => [name, new Float32Array(initial[name]!)])),
    ...Object.fromEntries(names.map((name) => [`next ${name}`, new Float32Array(parameters).fill(UNTOUCHED)])),
    gradients: new Float32Array(gradients),
    ...{ first, last: first + length, shards },
    ...Object.fromEntries(rule.hyperparameters.map((name) => [name, numbers[name]!])),
  };
  const { w, ...slots } = initial;
  const expected = expectedStep({ parameters: w!, ...slots }, shardGradients);
  return problem(updateKernel(rule, { parameters, shardStride }), contents, (results: Record<string, Float32Array>) => {
    const [from, to] = [first * UPDATE_UNIT, (first + length) * UPDATE_UNIT];
    const { gradients: unchanged } = results;
    expectSameBits(unchanged!, gradients);
    for (const name of names) {
      const next = results[`next ${name}`]!;
      const numbers = expected[name === 'w' ? 'parameters' : name]!;
      expectClose(next.subarray(from, to), numbers.subarray(from, to), 1e-6);
      expectUntouched(next, from, to);
      expectSameBits(results[name]!, initial[name]!);
    }
  });
}

interface Reduction {
  readonly chunkUnits: number;
  /** The number of units that the last chunk lacks. */
  readonly missing: number;
  readonly clipValue?: number | undefined;
}

function reductionProblem({ chunkUnits, missing, clipValue }: Reduction, slice: Slice, seed: number): Problem {
  const { first, length, shards } = slice;
  const chunk = chunkUnits * UPDATE_UNIT;
  const { parameters, shardStride, gradients, shardGradients } = gradientsOf(slice, chunk, seed, missing * UPDATE_UNIT);
  const shape = { parameters, shardStride, chunkUnits, clipValue };
  const chunks = clipping.chunkCount(shape);
  expect(chunks).toBe(first + length + slice.after);
  const contents = {
    gradients: new Float32Array(gradients),
    norms: new Float32Array(chunks).fill(UNTOUCHED),
    ...{ first, last: first + length, shards },
  };
  const sum = reference.sumShards(shardGradients);
  const clipped = clipValue === undefined ? sum : reference.clipByValue(sum, clipValue);
  return problem(clipping.reduceGradients(shape), contents, ({ gradients: reduced, norms }) => {
    const [from, to] = [first * chunk, Math.min(parameters, (first + length) * chunk)];
    expectReduced(reduced, gradients, clipped, from, to);
    const squares = reference.chunkSquares(clipped, chunk);
    for (let i = first; i < first + length; i++) expectClose([norms[i]! / squares[i]!], [1], 1e-5);
    expectUntouched(norms, first, first + length);
  });
}

function shardSumProblem(slice: Slice, seed: number): Problem {
  const { first, length, shards } = slice;
  const { parameters, shardStride, gradients, shardGradients } = gradientsOf(slice, UPDATE_UNIT, seed);
  return problem(
    reduceShards({ parameters, shardStride }),
    { gradients: new Float32Array(gradients), first, last: first + length, shards },
    ({ gradients: reduced }) => {
      const sum = reference.sumShards(shardGradients);
      expectReduced(reduced, gradients, sum, first * UPDATE_UNIT, (first + length) * UPDATE_UNIT);
    },
  );
}

function expectReduced(reduced: Float32Array, before: Float64Array, sum: Float64Array, from: number, to: number) {
  expectClose(reduced.subarray(from, to), sum.subarray(from, to), 1e-6);
  expectSameBits(reduced.subarray(0, from), before.subarray(0, from));
  expectSameBits(reduced.subarray(to), before.subarray(to));
}

/** The gradients of all shards in one array, and of each shard. */
function gradientsOf({ first, length, after, shards, gap }: Slice, unit: number, seed: number, missing = 0) {
  const parameters = (first + length + after) * unit - missing;
  const shardStride = parameters + gap * UPDATE_UNIT;
  const gradients = values(shards * shardStride, seed, 1);
  const shardGradients = Array.from({ length: shards }, (_, shard) =>
    gradients.subarray(shard * shardStride, shard * shardStride + parameters),
  );
  return { parameters, shardStride, gradients, shardGradients };
}

function expectUntouched(array: Float32Array, from: number, to: number): void {
  const others = array.filter((_, i) => i < from || i >= to);
  expectSameBits(others, new Float32Array(others.length).fill(UNTOUCHED));
}

const slices = fc.record({
  first: fc.nat(6),
  length: fc.nat(6),
  after: fc.integer({ min: 1, max: 2 }),
  shards: fc.integer({ min: 1, max: 9 }),
  gap: fc.nat(2),
});

const learningRate = fc.constantFrom(0.001, 0.1);
const momentum = fc.constantFrom(0, 0.9);
const weightDecay = fc.constantFrom(0, 0.1);
// Not so small that it magnifies the rounding errors of float32.
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

const randomSteps: Readonly<Record<string, fc.Arbitrary<Step>>> = {
  sgd: sgdSteps,
  adam: adamSteps,
  rmsprop: rmspropSteps,
  'of a gradient clipped by value': withNumber([0.25, 1, 100], clippedByValue),
  'of a scaled gradient': withNumber([0, 0.3, 1], scaled),
  'with an average': withNumber([0, 0.9, 0.9999], averagedBy),
  'with a factor and without decay': tunedSteps,
  'of all these with an average': tunedSteps.map((step) => averagedBy(step, 0.9)),
  'that keeps parameters unchanged': anySteps.map((step) => frozen(averagedBy(step, 0.9))),
  'of a running statistic': withNumber([0, 0.1, 1], (step, n) => movingAverage(averagedBy(step, 0.9), n)),
  'with everything': withNumber([0.5], (step, n) => averagedBy(scaled(clippedByValue(step, n), n), n)),
};

/** Units for an update, chunks for the sum of the gradients. */
const slice: Slice = { first: 1, length: 2, after: 1, shards: 3, gap: 1 };
/** Up to the last unit or chunk. */
const toTheEnd: Slice = { ...slice, after: 0 };
// Everything counts: no number is so small, or so near to 1, that its loss would not be noticed.
const sgdExample = sgdStep({ learningRate: 0.3, momentum: 0.8, weightDecay: 0.2, nesterov: true });
const adam = { learningRate: 0.3, beta1: 0.7, beta2: 0.6, epsilon: 0.2, weightDecay: 0.2 };
const adamW = (settings: typeof adam) => adamStep({ ...settings, decoupled: true }, 2);
const rmspropExample = rmspropStep({ learningRate: 0.3, rho: 0.6, epsilon: 0.2, momentum: 0.8, weightDecay: 0.2 });

const steps: Readonly<Record<string, Step>> = {
  sgd: sgdExample,
  adam: adamStep({ ...adam, decoupled: false }, 2),
  adamW: adamW(adam),
  rmsprop: rmspropExample,
  'adamW, tuned': tuned(adamW, adam, 0.5, true),
  movingAverage: movingAverage(sgdExample, 0.3),
  clippedByValue: clippedByValue(sgdExample, 0.5),
  scaled: scaled(sgdExample, 0.3),
  averaged: averagedBy(sgdExample, 0.7),
};

const reductions = fc.integer({ min: 1, max: 5 }).chain((chunkUnits) =>
  fc.record({
    chunkUnits: fc.constant(chunkUnits),
    missing: fc.nat(chunkUnits - 1),
    clipValue: fc.constantFrom(undefined, 0.5),
  }),
);
const reduction: Reduction = { chunkUnits: 2, missing: 0 };

export const updateCases = {
  updateKernel: kernelCases(updateProblem, {
    examples: [
      ...Object.entries(steps).map(([title, step]) => ({ title, problems: [[step, slice, 1] as const] })),
      { title: 'frozen', problems: [[frozen(averagedBy(sgdExample, 0.9)), toTheEnd, 1]], mutants: false },
      ...Object.entries(steps).map(([title, step]) => ({
        title: `${title}, to the end`,
        problems: [[step, toTheEnd, 1] as const],
        mutants: false as const,
      })),
    ],
    random: Object.entries(randomSteps).map(([title, step]) => ({ title, arguments: fc.tuple(step, slices, seeds) })),
  }),
  sgd: kernelCases(
    (nesterov: boolean): Problem => {
      const step = sgdStep({ learningRate: 0.3, momentum: 0.8, weightDecay: 0.2, nesterov });
      const { parameters, shardStride } = gradientsOf(toTheEnd, UPDATE_UNIT, 1);
      return { ...updateProblem(step, toTheEnd, 1), kernel: sgd({ parameters, shardStride, nesterov }) };
    },
    { examples: [{ problems: [[true]] }, { problems: [[false]] }] },
  ),
  reduceGradients: kernelCases(reductionProblem, {
    examples: [
      { problems: [[reduction, slice, 1]] },
      { title: 'clipped', problems: [[{ ...reduction, clipValue: 0.5 }, slice, 1]] },
      { title: 'to the end', problems: [[reduction, toTheEnd, 1]], mutants: false },
    ],
    random: [
      {
        arguments: fc.tuple(reductions, slices, fc.boolean(), seeds).map(([chosen, part, isLast, seed]) => {
          const after = isLast && part.first + part.length > 0 ? 0 : part.after;
          return [chosen, { ...part, after }, seed] as const;
        }),
      },
    ],
  }),
  reduceShards: kernelCases(shardSumProblem, {
    examples: [{ problems: [[slice, 1]] }, { title: 'to the end', problems: [[toTheEnd, 1]], mutants: false }],
    random: [{ arguments: fc.tuple(slices, seeds) }],
  }),
} satisfies Readonly<Record<string, KernelCases>>;

// Batch normalization, group normalization and layer normalization.
import fc from 'fast-check';
import { normalize, normalizeGradient } from '../../src/families/normalization/batch-norm.ts';
import * as statistics from '../../src/families/normalization/batch-statistics.ts';
import * as groups from '../../src/families/normalization/group-norm.ts';
import * as pixels from '../../src/families/normalization/norm-over-channels.ts';
import {
  normalizeByConstantsGradient,
  runningMoments,
  sharedMoments,
  takeGradientSums,
} from '../../src/families/normalization/running-statistics.ts';
import * as reference from '../../src/reference/index.ts';
import type { GroupNormShape, PlanesShape } from '../../src/shapes.ts';
import { expectClose, expectSameBits, fromCells, run, SAMPLES, toCells, values } from '../harness.ts';
import { groupNormShapes, planesShapes, seeds } from '../shapes.ts';
import { type CheckedActivation, none, withRelu, withSigmoid, withTanh } from './activation-references.ts';
import { type KernelCases, kernelCases, once, type Problem, problem } from './kernel-cases.ts';

/** Large enough to be missed if it is left out. */
const EPSILON = 0.1;
/** Floats between the results of one block and the next, which no kernel may read. */
const GAP = 3;

/** Which parameters a kernel has. */
interface Used {
  readonly useScale: boolean;
  readonly useOffset: boolean;
}

const all: Used = { useScale: true, useOffset: true };
const anyUsed = fc.record({ useScale: fc.boolean(), useOffset: fc.boolean() });
const floats = (numbers: ArrayLike<number>) => new Float32Array(numbers);

/** Some samples do not count and hold NaN. The statistics are not those of x. */
function batchData({ channels, area }: PlanesShape, seed: number) {
  const size = channels * area;
  const x = values(SAMPLES * size, seed, 1).map((v, i) => v + (Math.floor(i / area) % channels));
  const dy = values(SAMPLES * size, seed, 2);
  const weights = values(SAMPLES, seed, 3).map((v) => (v < -0.3 ? 0 : Math.abs(v)));
  for (const [n, weight] of weights.entries()) {
    if (weight === 0) for (const array of [x, dy]) array.fill(NaN, n * size, (n + 1) * size);
  }
  const moments = values(3 * channels + 1, seed, 4).map((v) => 0.5 + Math.abs(v));
  moments[3 * channels] = 5;
  return {
    x,
    dy,
    weights,
    moments,
    totals: values(2 * channels, seed, 5).map((v) => 5 * v),
    scale: values(channels, seed, 6),
    offset: values(channels, seed, 7),
  };
}

function blockMomentsProblem(shape: PlanesShape, seed: number): Problem {
  const { channels } = shape;
  const { x, weights } = batchData(shape, seed);
  const partial = new Float32Array(statistics.partialMomentsFloats(channels));
  return problem(statistics.blockMoments(shape), { x: toCells(x), weights: floats(weights), partial }, (results) =>
    expectCloseRows(results.partial, reference.blockMoments(shape, SAMPLES, x, weights), [1, channels, channels]),
  );
}

/** Every third block has counted nothing and holds NaN. */
function combineMomentsProblem(channels: number, blocks: number, seed: number): Problem {
  const partials = Array.from({ length: blocks }, (_, b) => {
    const partial = values(statistics.partialMomentsFloats(channels), seed, b).map(Math.abs);
    partial[0] = 8 * (b + 1);
    return b % 3 === 1 ? partial.fill(NaN).fill(0, 0, 1) : partial;
  });
  const stride = statistics.partialMomentsFloats(channels) + GAP;
  return problem(
    statistics.combineMoments({ channels, stride, epsilon: EPSILON }),
    { partials: rows(partials, stride), blocks, moments: new Float32Array(statistics.momentsFloats(channels)) },
    ({ moments }) => {
      const expected = reference.combineMoments(channels, EPSILON, partials);
      expectCloseRows(moments, expected, [channels, channels, channels, 1]);
    },
  );
}

function normalizeProblem(
  shape: PlanesShape,
  seed: number,
  { useScale, useOffset }: Used,
  { activation, forward } = none,
): Problem {
  const { x, moments, ...parameters } = batchData(shape, seed);
  const scale = useScale ? parameters.scale : undefined;
  const offset = useOffset ? parameters.offset : undefined;
  return problem(
    normalize(shape, { useScale, useOffset, activation }),
    {
      x: toCells(x),
      moments: floats(moments),
      scale: scale && floats(scale),
      offset: offset && floats(offset),
      y: toCells(x),
    },
    ({ y }) => expectClose(fromCells(y), forward(reference.normalize(shape, x, moments, scale, offset))),
  );
}

function blockGradientSumsProblem(shape: PlanesShape, seed: number): Problem {
  const { x, dy, moments, weights } = batchData(shape, seed);
  const partial = new Float32Array(statistics.gradientSumsFloats(shape.channels));
  return problem(
    statistics.blockGradientSums(shape),
    { x: toCells(x), dy: toCells(dy), moments: floats(moments), weights: floats(weights), partial },
    (results) => expectClose(results.partial, reference.blockGradientSums(shape, SAMPLES, x, dy, moments, weights)),
  );
}

function combineSumsProblem(channels: number, blocks: number, seed: number): Problem {
  const size = statistics.gradientSumsFloats(channels);
  const partials = Array.from({ length: blocks }, (_, b) => values(size, seed, b));
  return problem(
    statistics.combineSums({ channels, stride: size + GAP }),
    { partials: rows(partials, size + GAP), blocks, totals: new Float32Array(size) },
    ({ totals }) => expectClose(totals, reference.combineSums(partials), 1e-6),
  );
}

function normalizeGradientProblem(
  shape: PlanesShape,
  seed: number,
  useScale: boolean,
  { activation, forward, gradient } = none,
): Problem {
  const { x, dy, moments, totals, weights, ...parameters } = batchData(shape, seed);
  const scale = useScale ? parameters.scale : undefined;
  const made = forward(x).map(Math.fround);
  return problem(
    normalizeGradient(shape, { useScale, activation }),
    {
      x: toCells(made),
      dy: toCells(dy),
      moments: floats(moments),
      totals: floats(totals),
      scale: scale && floats(scale),
      weights: floats(weights),
      dx: toCells(x),
    },
    ({ dx }) => {
      const expected = reference.normalizeGradient(shape, made, dy, moments, totals, scale, weights);
      const size = shape.channels * shape.area;
      const isCounted = (i: number) => weights[Math.floor(i / size)] !== 0;
      expectClose(
        fromCells(dx),
        gradient(made, expected).map((g, i) => (isCounted(i) ? g : 0)),
      );
    },
  );
}

function sharedMomentsProblem(channels: number, n: number, seed: number): Problem {
  const { moments } = batchData({ channels, area: 1 }, seed);
  moments[3 * channels] = n;
  const share = 0.375;
  const empty = () => new Float32Array(channels).fill(NaN);
  return problem(
    sharedMoments(channels),
    { moments: floats(moments), share: Float32Array.of(share), mean: empty(), variance: empty() },
    ({ mean, variance }) => {
      const expected = reference.sharedMoments(channels, moments, share);
      expectClose(mean, expected.mean, 1e-6);
      expectClose(variance, expected.variance, 1e-6);
    },
  );
}

function runningMomentsProblem(channels: number, seed: number): Problem {
  const [mean, variance] = [values(channels, seed, 1), values(channels, seed, 2).map(Math.abs)] as const;
  return problem(
    runningMoments({ channels, epsilon: EPSILON }),
    {
      mean: floats(mean),
      variance: floats(variance),
      moments: new Float32Array(statistics.momentsFloats(channels)).fill(7),
    },
    ({ moments }) => {
      expectClose(moments.subarray(0, 2 * channels), reference.runningMoments(mean, variance, EPSILON), 1e-6);
      expectSameBits(moments.subarray(2 * channels), new Float32Array(channels + 1).fill(7));
    },
  );
}

function takeGradientSumsProblem(channels: number, used: Used, accumulate: boolean, seed: number): Problem {
  const partial = values(2 * channels, seed, 1);
  const before = { scale: values(channels, seed, 2), offset: values(channels, seed, 3) };
  const expected = (sums: Float64Array, earlier: Float64Array) =>
    sums.map((sum, c) => (accumulate ? earlier[c]! : 0) + sum);
  return problem(
    takeGradientSums(channels, used, accumulate),
    {
      partial: floats(partial),
      scale: used.useScale ? floats(before.scale) : undefined,
      offset: used.useOffset ? floats(before.offset) : undefined,
    },
    ({ scale, offset }) => {
      if (used.useScale) expectClose(scale, expected(partial.subarray(channels), before.scale), 1e-6);
      if (used.useOffset) expectClose(offset, expected(partial.subarray(0, channels), before.offset), 1e-6);
    },
  );
}

function constantsGradientProblem(
  shape: PlanesShape,
  seed: number,
  useScale: boolean,
  { activation, gradient } = none,
): Problem {
  const { channels, area } = shape;
  const [x, dy] = [values(SAMPLES * channels * area, seed, 1), values(SAMPLES * channels * area, seed, 2)] as const;
  const { moments, scale } = batchData(shape, seed);
  return problem(
    normalizeByConstantsGradient(shape, { useScale, activation }),
    {
      x: toCells(x),
      dy: toCells(dy),
      moments: floats(moments),
      scale: useScale ? floats(scale) : undefined,
      dx: toCells(x).fill(NaN),
    },
    ({ dx }) => {
      const used = useScale ? scale : undefined;
      expectClose(fromCells(dx), gradient(x, reference.normalizeByConstantsGradient(shape, dy, moments, used)));
    },
  );
}

/** A normalization of each sample: its kernels and references. */
interface SampleNorm {
  readonly forward: typeof groups.groupNorm;
  readonly savedFloats: typeof groups.groupNormSavedFloats;
  readonly scaleGradient: typeof groups.groupNormScaleGradient;
  readonly inputGradient: typeof groups.groupNormInputGradient;
  readonly references: {
    readonly forward: typeof reference.groupNorm;
    readonly scaleGradient: typeof reference.groupNormScaleGradient;
    readonly inputGradient: typeof reference.groupNormInputGradient;
  };
}

export const groupNorm: SampleNorm = {
  forward: groups.groupNorm,
  savedFloats: groups.groupNormSavedFloats,
  scaleGradient: groups.groupNormScaleGradient,
  inputGradient: groups.groupNormInputGradient,
  references: {
    forward: reference.groupNorm,
    scaleGradient: reference.groupNormScaleGradient,
    inputGradient: reference.groupNormInputGradient,
  },
};

export const normOverChannels: SampleNorm = {
  forward: pixels.normOverChannels,
  savedFloats: pixels.normOverChannelsSavedFloats,
  scaleGradient: pixels.normOverChannelsScaleGradient,
  inputGradient: pixels.normOverChannelsInputGradient,
  references: {
    forward: reference.normOverChannels,
    scaleGradient: reference.normOverChannelsScaleGradient,
    inputGradient: reference.normOverChannelsInputGradient,
  },
};

/** Channels have different means. */
function sampleData({ channels, area }: PlanesShape, seed: number, { useScale, useOffset }: Used = all) {
  const size = SAMPLES * channels * area;
  return {
    x: values(size, seed, 1).map((v, i) => v + (Math.floor(i / area) % channels) / channels),
    dy: values(size, seed, 2),
    scale: useScale ? values(channels, seed, 3) : undefined,
    offset: useOffset ? values(channels, seed, 4) : undefined,
  };
}

const forwardOf =
  (norm: SampleNorm) =>
  (shape: GroupNormShape, seed: number, used: Used, { activation, forward } = none): Problem => {
    const { x, scale, offset } = sampleData(shape, seed, used);
    const expected = once(() => forward(norm.references.forward(shape, SAMPLES, x, scale, offset)));
    return problem(
      norm.forward(shape, { ...used, activation }),
      {
        x: toCells(x),
        scale: scale && floats(scale),
        offset: offset && floats(offset),
        saved: new Float32Array(norm.savedFloats(shape)).fill(NaN),
        y: toCells(x).fill(NaN),
      },
      ({ y }) => expectClose(fromCells(y), expected()),
    );
  };

const scaleGradientOf =
  (norm: SampleNorm) =>
  (shape: GroupNormShape, seed: number, accumulate: boolean): Problem => {
    const { x, dy } = sampleData(shape, seed);
    const before = values(shape.channels, seed, 5);
    const expected = once(() => norm.references.scaleGradient(shape, SAMPLES, x, dy));
    return problem(
      norm.scaleGradient(shape, accumulate),
      { x: toCells(x), dy: toCells(dy), saved: savedBy(norm, shape, x), dscale: floats(before) },
      ({ dscale }) => {
        expectClose(dscale, accumulate ? expected().map((g, c) => g + before[c]!) : expected());
      },
    );
  };

const inputGradientOf =
  (norm: SampleNorm) =>
  (shape: GroupNormShape, seed: number, useScale: boolean, { activation, gradient } = none): Problem => {
    const { x, dy, scale } = sampleData(shape, seed, { useScale, useOffset: false });
    const expected = once(() => gradient(x, norm.references.inputGradient(shape, SAMPLES, x, dy, scale)));
    return problem(
      norm.inputGradient(shape, { useScale, activation }),
      {
        x: toCells(x),
        dy: toCells(dy),
        scale: scale && floats(scale),
        saved: savedBy(norm, shape, x),
        dx: toCells(x).fill(NaN),
      },
      ({ dx }) => expectClose(fromCells(dx), expected()),
    );
  };

/** What the forward kernel saves for the gradients. */
function savedBy(norm: SampleNorm, shape: GroupNormShape, x: Float64Array): Float32Array {
  const kernel = norm.forward(shape, { useScale: false, useOffset: false });
  const saved = new Float32Array(norm.savedFloats(shape));
  return run(kernel, { x: toCells(x), saved, y: toCells(x) }).saved;
}

/** The arrays of blocks, `stride` floats apart. */
function rows(blocks: readonly Float64Array[], stride: number): Float32Array {
  const all = new Float32Array(blocks.length * stride).fill(NaN);
  for (const [b, block] of blocks.entries()) all.set(block, b * stride);
  return all;
}

/** Compares parts of an array separately, each relative to its own greatest number. */
function expectCloseRows(actual: Float32Array, expected: Float64Array, lengths: readonly number[]): void {
  let first = 0;
  for (const length of lengths) {
    expectClose(actual.subarray(first, first + length), expected.subarray(first, first + length));
    first += length;
  }
  expectSameBits([actual.length], [first]);
}

const planes: PlanesShape = { channels: 3, area: 5 };
/** Summed in several runs, the last of them short and odd. */
const longPlanes: PlanesShape = { channels: 2, area: 261 };
const groupShape: GroupNormShape = { channels: 6, area: 131, groups: 2, epsilon: EPSILON };
const features: GroupNormShape = { channels: 261, area: 1, groups: 1, epsilon: EPSILON };
const pixelShape: GroupNormShape = { channels: 7, area: 5, groups: 1, epsilon: EPSILON };
const few: GroupNormShape = { channels: 4, area: 6, groups: 2, epsilon: 1e-3 };
const nothing: Used = { useScale: false, useOffset: false };

const channels = fc.integer({ min: 1, max: 19 });
const blocks = fc.integer({ min: 1, max: 7 });

const sampleNormCases = (norm: SampleNorm, shapes: readonly GroupNormShape[]) => ({
  forward: kernelCases(forwardOf(norm), {
    examples: [
      ...shapes.map((shape) => ({ problems: [[shape, 1, all] as const] })),
      { title: 'with relu', problems: [[few, 1, nothing, withRelu]], mutants: false },
      { title: 'with tanh', problems: [[few, 1, all, withTanh]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(groupNormShapes, seeds, anyUsed) }],
  }),
  scaleGradient: kernelCases(scaleGradientOf(norm), {
    examples: [{ problems: [[shapes[0]!, 1, true]] }],
    random: [{ arguments: fc.tuple(groupNormShapes, seeds, fc.boolean()) }],
  }),
  inputGradient: kernelCases(inputGradientOf(norm), {
    examples: [
      ...shapes.map((shape) => ({ problems: [[shape, 1, true] as const] })),
      { title: 'after sigmoid', problems: [[few, 1, false, withSigmoid]], mutants: false },
      { title: 'after relu', problems: [[few, 1, true, withRelu]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(groupNormShapes, seeds, fc.boolean()) }],
  }),
});

const ofGroups = sampleNormCases(groupNorm, [groupShape, features]);
const ofPixels = sampleNormCases(normOverChannels, [pixelShape]);
const activated = (title: string, activation: CheckedActivation, used: Used) => ({
  title,
  problems: [[planes, 1, used, activation] as const],
  mutants: false as const,
});

export const normalizationCases = {
  blockMoments: kernelCases(blockMomentsProblem, {
    examples: [{ problems: [[longPlanes, 1]] }],
    random: [{ arguments: fc.tuple(planesShapes, seeds) }],
  }),
  combineMoments: kernelCases(combineMomentsProblem, {
    examples: [{ problems: [[11, 4, 1]] }],
    random: [{ arguments: fc.tuple(channels, blocks, seeds) }],
  }),
  normalize: kernelCases(normalizeProblem, {
    examples: [
      { problems: [[longPlanes, 1, all]] },
      activated('with relu', withRelu, nothing),
      activated('with sigmoid', withSigmoid, all),
    ],
    random: [{ arguments: fc.tuple(planesShapes, seeds, anyUsed) }],
  }),
  blockGradientSums: kernelCases(blockGradientSumsProblem, {
    examples: [{ problems: [[longPlanes, 1]] }],
    random: [{ arguments: fc.tuple(planesShapes, seeds) }],
  }),
  combineSums: kernelCases(combineSumsProblem, {
    examples: [{ problems: [[11, 3, 1]] }],
    random: [{ arguments: fc.tuple(channels, blocks, seeds) }],
  }),
  normalizeGradient: kernelCases(normalizeGradientProblem, {
    examples: [
      { problems: [[longPlanes, 1, true]] },
      { title: 'after sigmoid', problems: [[planes, 1, false, withSigmoid]], mutants: false },
      { title: 'after relu', problems: [[planes, 1, true, withRelu]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(planesShapes, seeds, fc.boolean()) }],
  }),
  sharedMoments: kernelCases(sharedMomentsProblem, {
    examples: [{ problems: [[11, 5, 1]] }, { title: 'of one value', problems: [[11, 1, 1]], mutants: false }],
    random: [{ arguments: fc.tuple(channels, fc.integer({ min: 1, max: 9 }), seeds) }],
  }),
  runningMoments: kernelCases(runningMomentsProblem, {
    examples: [{ problems: [[11, 1]] }],
    random: [{ arguments: fc.tuple(channels, seeds) }],
  }),
  takeGradientSums: kernelCases(takeGradientSumsProblem, {
    examples: [{ problems: [[5, all, true, 1]] }],
    random: [{ arguments: fc.tuple(channels, anyUsed, fc.boolean(), seeds) }],
  }),
  normalizeByConstantsGradient: kernelCases(constantsGradientProblem, {
    examples: [
      { problems: [[planes, 1, true]] },
      { title: 'after relu', problems: [[planes, 1, false, withRelu]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(planesShapes, seeds, fc.boolean()) }],
  }),
  groupNorm: ofGroups.forward,
  groupNormScaleGradient: ofGroups.scaleGradient,
  groupNormInputGradient: ofGroups.inputGradient,
  normOverChannels: ofPixels.forward,
  normOverChannelsScaleGradient: ofPixels.scaleGradient,
  normOverChannelsInputGradient: ofPixels.inputGradient,
} satisfies Readonly<Record<string, KernelCases>>;

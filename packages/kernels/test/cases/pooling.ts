// Poolings and their input gradients.
import fc from 'fast-check';
import { adaptiveAvgPool2d, adaptiveAvgPool2dInputGradient } from '../../src/families/pooling/adaptive-avg-pool2d.ts';
import { avgPool2d, avgPool2dInputGradient } from '../../src/families/pooling/avg-pool2d.ts';
import { maxPool2d, maxPool2dInputGradient, maxPool2dWithIndices } from '../../src/families/pooling/max-pool2d.ts';
import * as reference from '../../src/reference/index.ts';
import {
  type AdaptivePool2dShape,
  type AvgPool2dShape,
  outputHeight,
  outputWidth,
  type Pool2dShape,
} from '../../src/shapes.ts';
import { expectClose, expectSameBits, fromCells, SAMPLES, toCells, values } from '../harness.ts';
import { adaptivePool2dShapes, dilatedPool2dShapes, pool2dShapes, seeds } from '../shapes.ts';
import { none, withProbe, withRelu, withSigmoid } from './activation-references.ts';
import { type KernelCases, kernelCases, type Problem, problem } from './kernel-cases.ts';
import { forwardProblemOf, inputGradientProblemOf, type Sizes } from './planes.ts';

/** x has few different numbers, so that windows have several greatest ones. */
function data(shape: Pool2dShape, seed: number) {
  return {
    x: values(SAMPLES * shape.channels * shape.height * shape.width, seed, 1).map((v) => Math.round(4 * v) + 0),
    dy: values(SAMPLES * shape.channels * outputHeight(shape) * outputWidth(shape), seed, 2),
  };
}

function maximum(shape: Pool2dShape, seed: number): Problem {
  const { x, dy } = data(shape, seed);
  return problem(maxPool2d(shape), { x: toCells(x), y: toCells(dy) }, ({ y }) =>
    expectSameBits(fromCells(y), reference.maxPool2d(shape, SAMPLES, x)),
  );
}

function maximumWithIndices(shape: Pool2dShape, seed: number): Problem {
  const { x, dy } = data(shape, seed);
  return problem(
    maxPool2dWithIndices(shape),
    { x: toCells(x), indices: toCells(dy), y: toCells(dy) },
    ({ indices, y }) => {
      expectSameBits(fromCells(y), reference.maxPool2d(shape, SAMPLES, x));
      const expected = reference.maxPool2dIndices(shape, SAMPLES, x);
      const isPadding = (window: number) => expected[window] === -1;
      expectSameBits(
        fromCells(indices).map((index, window) => (isPadding(window) ? -1 : index)),
        expected,
      );
    },
  );
}

function maximumInputGradient(shape: Pool2dShape, seed: number, { activation, forward, gradient } = none): Problem {
  const { x, dy } = data(shape, seed);
  const made = forward(x).map(Math.fround);
  const indices = reference.maxPool2dIndices(shape, SAMPLES, made);
  const y = reference.maxPool2d(shape, SAMPLES, made);
  return problem(
    maxPool2dInputGradient(shape, activation),
    { indices: toCells(indices), y: toCells(y), dy: toCells(dy), dx: toCells(x).fill(NaN) },
    ({ dx }) => {
      const expected = reference.maxPool2dInputGradient(shape, SAMPLES, indices, dy);
      expectClose(fromCells(dx), gradient(made, expected));
    },
  );
}

function average(shape: AvgPool2dShape, seed: number): Problem {
  const { x, dy } = data(shape, seed);
  return problem(avgPool2d(shape), { x: toCells(x), y: toCells(dy) }, ({ y }) =>
    expectClose(fromCells(y), reference.avgPool2d(shape, SAMPLES, x)),
  );
}

function averageInputGradient(shape: AvgPool2dShape, seed: number, { activation, forward, gradient } = none): Problem {
  const { x, dy } = data(shape, seed);
  const made = forward(x).map(Math.fround);
  return problem(
    avgPool2dInputGradient(shape, activation),
    { dy: toCells(dy), x: toCells(made), dx: toCells(x).fill(NaN) },
    ({ dx }) => expectClose(fromCells(dx), gradient(made, reference.avgPool2dInputGradient(shape, SAMPLES, dy))),
  );
}

const apart: AvgPool2dShape = {
  channels: 2,
  height: 5,
  width: 6,
  kernelHeight: 2,
  kernelWidth: 2,
  strideY: 2,
  strideX: 3,
  padTop: 1,
  padLeft: 0,
  padBottom: 0,
  padRight: 0,
  countPadding: false,
};
const unpadded: AvgPool2dShape = { ...apart, padTop: 0 };
const overlapping: AvgPool2dShape = { ...apart, kernelHeight: 3, strideX: 1, padLeft: 1 };
/** The last windows reach beyond the padding that counts. */
const ceiled: AvgPool2dShape = {
  ...overlapping,
  countPadding: true,
  padBottom: 1,
  overhangBottom: 1,
  overhangRight: 0,
};
const dilated = { ...overlapping, height: 9, dilationY: 2 };
/** Windows of 3 × 3 and of 8 × 8 cells, fewer and more than are unrolled. */
const larger = [3, 8].map((size) => ({
  ...unpadded,
  height: 17,
  width: 16,
  kernelHeight: size,
  kernelWidth: size,
  strideX: 2,
  padTop: 2,
}));

/** Windows that cover the plane exactly. */
const covering: AvgPool2dShape = { ...unpadded, height: 4, strideX: 2 };

const randomPools = { arguments: fc.tuple(pool2dShapes, seeds) };
const randomDilated = { title: 'with dilation', arguments: fc.tuple(dilatedPool2dShapes, seeds) };
const examplesOf = (shapes: Readonly<Record<string, AvgPool2dShape>>, more: readonly AvgPool2dShape[] = []) => [
  ...Object.entries(shapes).map(([title, shape]) => ({ title, problems: [[shape, 1] as const] })),
  ...[covering, ...more].map((shape) => ({
    title: `windows of ${shape.kernelHeight}×${shape.kernelWidth}`,
    problems: [[shape, 1] as const],
    mutants: false as const,
  })),
];

const bins: AdaptivePool2dShape = { channels: 2, height: 5, width: 7, rows: 3, columns: 4 };
const binSizes = ({ channels, height, width, rows, columns }: AdaptivePool2dShape): Sizes => ({
  x: channels * height * width,
  y: channels * rows * columns,
});
const binsApart = { channels: 2, height: 4, width: 6, rows: 2, columns: 3 };
const binsOverlapping = { channels: 2, height: 5, width: 4, rows: 3, columns: 6 };

export const poolingCases = {
  maxPool2d: kernelCases(maximum, {
    examples: examplesOf(
      { 'overlapping windows': overlapping, 'without padding': unpadded, 'with dilation': dilated },
      larger,
    ),
    random: [randomPools, randomDilated],
  }),
  maxPool2dWithIndices: kernelCases(maximumWithIndices, {
    examples: examplesOf({ 'overlapping windows': overlapping, 'without padding': unpadded }, larger),
    random: [randomPools, randomDilated],
  }),
  maxPool2dInputGradient: kernelCases(maximumInputGradient, {
    examples: [
      ...examplesOf({ 'windows apart': apart, 'overlapping windows': overlapping }, larger),
      { title: 'windows apart, after relu', problems: [[apart, 1, withRelu]], mutants: false },
      { title: 'overlapping windows, after relu', problems: [[overlapping, 1, withRelu]], mutants: false },
    ],
    random: [randomPools, randomDilated],
  }),
  avgPool2d: kernelCases(average, {
    examples: examplesOf({ 'overlapping windows': overlapping, 'with an overhang': ceiled }, larger),
    random: [randomPools],
  }),
  avgPool2dInputGradient: kernelCases(averageInputGradient, {
    examples: [
      ...examplesOf({ 'windows apart': apart, 'overlapping windows': overlapping, 'with an overhang': ceiled }, larger),
      { title: 'windows apart, after sigmoid', problems: [[apart, 1, withSigmoid]], mutants: false },
      { title: 'overlapping windows, after sigmoid', problems: [[overlapping, 1, withSigmoid]], mutants: false },
    ],
    random: [randomPools],
  }),
  adaptiveAvgPool2d: kernelCases(forwardProblemOf(adaptiveAvgPool2d, reference.adaptiveAvgPool2d, binSizes), {
    examples: [{ problems: [[bins, 1]] }],
    random: [{ arguments: fc.tuple(adaptivePool2dShapes, seeds) }],
  }),
  adaptiveAvgPool2dInputGradient: kernelCases(
    inputGradientProblemOf(adaptiveAvgPool2dInputGradient, reference.adaptiveAvgPool2dInputGradient, binSizes),
    {
      examples: [
        { problems: [[bins, 1, withProbe]] },
        { title: 'bins apart', problems: [[binsApart, 1, withProbe]], mutants: false },
        { title: 'overlapping bins', problems: [[binsOverlapping, 1, withRelu]], mutants: false },
      ],
      random: [{ arguments: fc.tuple(adaptivePool2dShapes, seeds, fc.constantFrom(none, withProbe)) }],
    },
  ),
} satisfies Readonly<Record<string, KernelCases>>;

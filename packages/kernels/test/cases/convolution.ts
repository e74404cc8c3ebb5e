// Convolutions of all algorithms, transposed convolution, and the gradient of a bias.
import fc from 'fast-check';
import { type ConvolutionKernels, convolutionKernelsByAlgorithm } from '../../src/families/convolution/algorithms.ts';
import { channelSums } from '../../src/families/convolution/channel-sums.ts';
import { conv2dTranspose, conv2dTransposeInputGradient } from '../../src/families/convolution/conv2d-transpose.ts';
import * as reference from '../../src/reference/index.ts';
import { type Conv2dShape, outputHeight, outputWidth, type PlanesShape } from '../../src/shapes.ts';
import { expectClose, expectSameBits, fromCells, run, SAMPLES, toCells, values } from '../harness.ts';
import { conv2dShapes, depthwiseShapes, pointwiseShapes, seeds, winogradShapes } from '../shapes.ts';
import { type CheckedActivation, none, noneOrRelu, withRelu, withSigmoid, withTanh } from './activation-references.ts';
import { type KernelCases, kernelCases, once, type Problem, problem } from './kernel-cases.ts';

type Algorithm = 'direct' | 'pointwise' | 'depthwise' | 'Winograd';

/** Random numbers for all arrays of a convolution. */
function convolutionData(shape: Conv2dShape, seed: number) {
  const { inChannels, outChannels, groups, height, width, kernelHeight, kernelWidth } = shape;
  return {
    x: values(SAMPLES * inChannels * height * width, seed, 1),
    w: values(outChannels * (inChannels / groups) * kernelHeight * kernelWidth, seed, 2),
    b: values(outChannels, seed, 3),
    dy: values(SAMPLES * outChannels * outputHeight(shape) * outputWidth(shape), seed, 4),
  };
}

/** Winograd's algorithm rounds other sums: docs/decisions has the bound. */
const toleranceOf = (algorithm: Algorithm) => (algorithm === 'Winograd' ? 4e-6 : undefined);

/** A problem of an algorithm; if it promises the bits of the direct one, `result` must have them. */
function algorithmProblem(
  algorithm: Algorithm,
  shape: Conv2dShape,
  result: 'y' | 'dx' | 'dw',
  kernelOf: (kernels: ConvolutionKernels) => Problem['kernel'],
  contents: Problem['contents'],
  expected: () => Float64Array,
): Problem {
  const kernels = convolutionKernelsByAlgorithm(shape);
  const kernel = kernelOf(kernels.get(algorithm)!);
  const known = once(expected);
  const compare = (actual: Float32Array) =>
    expectClose(result === 'dw' ? actual : fromCells(actual), known(), toleranceOf(algorithm));
  if (algorithm === 'direct' || algorithm === 'Winograd') {
    return problem(kernel, contents, (results) => compare(results[result]!));
  }
  const direct = run(kernelOf(kernels.get('direct')!), contents)[result]!;
  return problem(kernel, contents, (results) => {
    expectSameBits(results[result]!, direct);
    compare(results[result]!);
  });
}

const forwardOf =
  (algorithm: Algorithm) =>
  (shape: Conv2dShape, seed: number, useBias = true, { activation, forward } = none): Problem => {
    const { x, w, b, dy } = convolutionData(shape, seed);
    const bias = useBias ? new Float32Array(b) : undefined;
    return algorithmProblem(
      algorithm,
      shape,
      'y',
      (kernels) => kernels.forward.family(shape, { useBias, activation }),
      { x: toCells(x), w: new Float32Array(w), bias, y: toCells(dy) },
      () => forward(reference.conv2d(shape, SAMPLES, x, w, useBias ? b : undefined)),
    );
  };

const inputGradientOf =
  (algorithm: Algorithm) =>
  (shape: Conv2dShape, seed: number, { activation, forward, gradient } = none): Problem => {
    const { x, w, dy } = convolutionData(shape, seed);
    const made = forward(x).map(Math.fround);
    return algorithmProblem(
      algorithm,
      shape,
      'dx',
      (kernels) => kernels.inputGradient.family(shape, activation),
      { dy: toCells(dy), w: new Float32Array(w), x: toCells(made), dx: toCells(x) },
      () => gradient(made, reference.conv2dInputGradient(shape, SAMPLES, w, dy)),
    );
  };

const weightGradientOf =
  (algorithm: Algorithm) =>
  (shape: Conv2dShape, seed: number, accumulate: boolean): Problem => {
    const { x, w: before, dy } = convolutionData(shape, seed);
    return algorithmProblem(
      algorithm,
      shape,
      'dw',
      (kernels) => kernels.weightGradient.family(shape, accumulate),
      { x: toCells(x), dy: toCells(dy), dw: new Float32Array(before) },
      () => {
        const expected = reference.conv2dWeightGradient(shape, SAMPLES, x, dy);
        return accumulate ? expected.map((g, i) => g + before[i]!) : expected;
      },
    );
  };

/** Has pixels inside and at the border, and tiles of two sizes. */
const convolution: Conv2dShape = {
  inChannels: 5,
  outChannels: 7,
  groups: 1,
  height: 5,
  width: 6,
  kernelHeight: 3,
  kernelWidth: 2,
  strideY: 1,
  strideX: 2,
  padTop: 1,
  padLeft: 1,
  padBottom: 1,
  padRight: 0,
  dilationY: 1,
  dilationX: 1,
};
const grouped: Conv2dShape = {
  ...convolution,
  inChannels: 6,
  outChannels: 10,
  groups: 2,
  height: 4,
  width: 5,
  strideY: 2,
  strideX: 1,
  padLeft: 0,
  padBottom: 2,
  padRight: 1,
  dilationX: 2,
};
/** Has a row of tiles at the border and one inside. No tile reaches past the output, and all lanes of weights count. */
const tiled: Conv2dShape = {
  ...convolution,
  inChannels: 8,
  outChannels: 5,
  height: 9,
  width: 5,
  kernelHeight: 3,
  kernelWidth: 5,
  strideX: 1,
  padBottom: 0,
  padRight: 2,
};
/** The same for its gradient. */
const tiledGradient: Conv2dShape = { ...tiled, inChannels: 3, outChannels: 8, height: 8, padBottom: 1 };
/** Planes smaller than a tile, with tiles that reach past the output. */
const small: Conv2dShape = { ...tiled, inChannels: 3, height: 4, kernelWidth: 3, padBottom: 1, padRight: 1 };
/** Several bands of tiles. */
const large: Conv2dShape = {
  ...tiled,
  inChannels: 1,
  outChannels: 3,
  height: 121,
  width: 127,
  kernelWidth: 3,
  padLeft: 0,
  padBottom: 2,
  padRight: 1,
};
/** Has bands of two sizes. */
const mixing: Conv2dShape = {
  ...tiled,
  inChannels: 6,
  outChannels: 7,
  kernelHeight: 1,
  kernelWidth: 1,
  padTop: 0,
  padLeft: 0,
  padRight: 0,
};
/** Weights of a row are summed in two parts, one of them in halves. */
const separate: Conv2dShape = {
  ...convolution,
  inChannels: 2,
  outChannels: 4,
  groups: 2,
  height: 4,
  width: 17,
  kernelHeight: 2,
  kernelWidth: 7,
  strideY: 2,
  strideX: 1,
  padLeft: 3,
  padRight: 3,
};
/** Has tiles of two sizes, at both edges and in between. */
const strided: Conv2dShape = { ...separate, kernelWidth: 3, strideX: 2, padLeft: 1, padRight: 1 };
const depthwise: Conv2dShape = { ...grouped, outChannels: 12, groups: 6, width: 9 };

const forwardCases = (
  algorithm: Algorithm,
  mutated: Conv2dShape,
  other: Conv2dShape,
  shapes: fc.Arbitrary<Conv2dShape>,
) =>
  kernelCases(forwardOf(algorithm), {
    examples: [
      { problems: [[mutated, 1, true]] },
      { title: 'with relu', problems: [[other, 1, true, withRelu]], mutants: false },
      { title: 'with sigmoid, without bias', problems: [[other, 1, false, withSigmoid]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(shapes, seeds, fc.boolean(), noneOrRelu), runs: 60 }],
  });

const inputGradientCases = (
  algorithm: Algorithm,
  mutated: readonly [Conv2dShape, CheckedActivation, harmless?: number],
  other: Conv2dShape,
  shapes: fc.Arbitrary<Conv2dShape>,
) => {
  const [shape, activation, harmless = 0] = mutated;
  return kernelCases(inputGradientOf(algorithm), {
    examples: [
      { problems: [[shape, 1, activation]], mutants: { harmless } },
      { title: 'after relu', problems: [[other, 1, withRelu]], mutants: false },
      { title: 'after tanh', problems: [[other, 1, withTanh]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(shapes, seeds, noneOrRelu), runs: 60 }],
  });
};

const weightGradientCases = (
  algorithm: Algorithm,
  mutated: Conv2dShape,
  other: Conv2dShape,
  shapes: fc.Arbitrary<Conv2dShape>,
  large?: Conv2dShape,
) =>
  kernelCases(weightGradientOf(algorithm), {
    examples: [
      { problems: [[mutated, 1, true]] },
      { title: 'overwriting', problems: [[other, 1, false]], mutants: false },
    ],
    random: [
      { arguments: fc.tuple(shapes, seeds, fc.boolean()), runs: 60 },
      ...(large ? [{ title: 'of a large plane', arguments: fc.constant([large, 1, false] as const), runs: 1 }] : []),
    ],
  });

const transposedData = (shape: Conv2dShape, seed: number) => {
  const { x: dy, w, dy: x } = convolutionData(shape, seed);
  return { x, w, b: values(shape.inChannels, seed, 3), dy };
};

function transposedForward(shape: Conv2dShape, seed: number, useBias = true, { activation, forward } = none): Problem {
  const { x, w, b, dy } = transposedData(shape, seed);
  const bias = useBias ? new Float32Array(b) : undefined;
  return problem(
    conv2dTranspose(shape, { useBias, activation }),
    { x: toCells(x), w: new Float32Array(w), bias, y: toCells(dy) },
    ({ y }) => {
      const expected = reference.conv2dTranspose(shape, SAMPLES, x, w, useBias ? b : undefined);
      expectClose(fromCells(y), forward(expected));
    },
  );
}

function transposedInputGradient(shape: Conv2dShape, seed: number, { activation, forward, gradient } = none): Problem {
  const { x, w, dy } = transposedData(shape, seed);
  const made = forward(x).map(Math.fround);
  return problem(
    conv2dTransposeInputGradient(shape, activation),
    { dy: toCells(dy), w: new Float32Array(w), x: toCells(made), dx: toCells(x) },
    ({ dx }) => {
      const expected = reference.conv2dTransposeInputGradient(shape, SAMPLES, w, dy);
      expectClose(fromCells(dx), gradient(made, expected));
    },
  );
}

function biasGradient({ channels, area }: PlanesShape, seed: number, accumulate: boolean): Problem {
  const dy = values(SAMPLES * channels * area, seed, 1);
  const before = values(channels, seed, 2);
  return problem(
    channelSums(channels, area, accumulate),
    { dy: toCells(dy), db: new Float32Array(before) },
    ({ db }) => {
      const expected = reference.channelSums({ channels, area }, dy);
      expectClose(db, accumulate ? expected.map((g, c) => g + before[c]!) : expected);
    },
  );
}

export const convolutionCases = {
  conv2d: forwardCases('direct', convolution, grouped, conv2dShapes),
  conv2dInputGradient: inputGradientCases('direct', [convolution, none], grouped, conv2dShapes),
  conv2dWeightGradient: weightGradientCases('direct', convolution, grouped, conv2dShapes),
  conv2dDepthwise: forwardCases('depthwise', strided, depthwise, depthwiseShapes),
  conv2dDepthwiseInputGradient: inputGradientCases('depthwise', [strided, withRelu], depthwise, depthwiseShapes),
  conv2dDepthwiseWeightGradient: weightGradientCases('depthwise', separate, depthwise, depthwiseShapes),
  conv2dPointwise: forwardCases('pointwise', mixing, mixing, pointwiseShapes),
  conv2dPointwiseInputGradient: inputGradientCases('pointwise', [mixing, withRelu], mixing, pointwiseShapes),
  conv2dWinograd: forwardCases('Winograd', tiled, small, winogradShapes),
  // Of a row of tiles at the upper edge, the first row is computed and lies outside the plane.
  conv2dWinogradInputGradient: inputGradientCases('Winograd', [tiledGradient, none, 2], small, winogradShapes),
  conv2dWinogradWeightGradient: weightGradientCases('Winograd', tiled, small, winogradShapes, large),
  conv2dTranspose: kernelCases(transposedForward, {
    examples: [
      { problems: [[convolution, 1]] },
      { title: 'with tanh', problems: [[grouped, 1, true, withTanh]], mutants: false },
      { title: 'with sigmoid, without bias', problems: [[grouped, 1, false, withSigmoid]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(conv2dShapes, seeds, fc.boolean()), runs: 60 }],
  }),
  conv2dTransposeInputGradient: kernelCases(transposedInputGradient, {
    examples: [
      { problems: [[convolution, 1]] },
      { title: 'after relu', problems: [[grouped, 1, withRelu]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(conv2dShapes, seeds), runs: 60 }],
  }),
  channelSums: kernelCases(biasGradient, {
    examples: [{ problems: [[{ channels: 5, area: 7 }, 1, true]] }],
    random: [
      {
        arguments: fc.tuple(
          fc.record({ channels: fc.integer({ min: 1, max: 11 }), area: fc.integer({ min: 1, max: 11 }) }),
          seeds,
          fc.boolean(),
        ),
      },
    ],
  }),
} satisfies Readonly<Record<string, KernelCases>>;

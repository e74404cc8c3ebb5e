// Activations as kernels, parametric ReLU and softmax.
import fc from 'fast-check';
import * as families from '../../src/families/activations/activation.ts';
import * as inputFamilies from '../../src/families/activations/input-activation.ts';
import {
  pointwise,
  pointwiseGradient,
  pointwiseInputGradient,
  pointwiseProduct,
  pointwiseWithDerivative,
} from '../../src/families/activations/pointwise.ts';
import { prelu, preluInputGradient, preluSlopeGradient } from '../../src/families/activations/prelu.ts';
import { softmax, softmaxInputGradient } from '../../src/families/activations/softmax.ts';
import { add, multiply } from '../../src/language/floats.ts';
import * as reference from '../../src/reference/index.ts';
import type { PlanesShape } from '../../src/shapes.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, values } from '../harness.ts';
import { planesShapes, seeds } from '../shapes.ts';
import { type KernelCases, kernelCases, type Problem, problem } from './kernel-cases.ts';

type Forward = (x: Float64Array) => Float64Array;
/** ∂E/∂x from what was kept and ∂E/∂y. */
type Gradient = (kept: Float64Array, dy: Float64Array) => Float64Array;

const ofOutput: readonly (readonly [families.Activation, Forward, Gradient])[] = [
  [families.relu, reference.relu, reference.reluGradient],
  [families.relu6, reference.relu6, reference.relu6Gradient],
  [families.leakyRelu(0.1), (x) => reference.leakyRelu(x, 0.1), (y, dy) => reference.leakyReluGradient(y, dy, 0.1)],
  [families.sigmoid, reference.sigmoid, reference.sigmoidGradient],
  [families.hardSigmoid, reference.hardSigmoid, reference.hardSigmoidGradient],
  [families.tanh, reference.tanh, reference.tanhGradient],
  [families.softplus(1), (x) => reference.softplus(x, 1), (y, dy) => reference.softplusGradient(y, dy, 1)],
  [families.softplus(5), (x) => reference.softplus(x, 5), (y, dy) => reference.softplusGradient(y, dy, 5)],
];

const ofInput: readonly (readonly [inputFamilies.InputActivation, Forward, Gradient])[] = [
  [families.leakyRelu(-0.5), (x) => reference.leakyRelu(x, -0.5), (x, dy) => reference.leakyReluGradient(x, dy, -0.5)],
  [inputFamilies.elu(0.7), (x) => reference.elu(x, 0.7), (x, dy) => reference.eluGradient(x, dy, 0.7)],
  [inputFamilies.selu, reference.selu, reference.seluGradient],
  [inputFamilies.gelu, reference.gelu, reference.geluGradient],
  [inputFamilies.geluTanh, reference.geluTanh, reference.geluTanhGradient],
  [inputFamilies.silu, reference.silu, reference.siluGradient],
  [inputFamilies.hardSwish, reference.hardSwish, reference.hardSwishGradient],
];

const CELLS = 13;
/** Has numbers on both sides of every kink, which is at 0, 3 or 6, and on these. */
const kinked = new Float32Array(values(8 * CELLS, 1, 1).map((v) => 8 * v));
kinked.set([0, -0, 3, -3, 6, 1, -1]);
const gradients = new Float32Array(values(kinked.length, 1, 2));

/** The error may be this many times the greatest result. */
const TOLERANCE = 3e-7;

const forwardProblem = (activation: Pick<families.Activation, 'forward'>, expected: Forward): Problem =>
  problem(pointwise(CELLS, activation), { x: kinked, y: gradients }, ({ y }) =>
    expectClose(y, expected(new Float64Array(kinked)), TOLERANCE),
  );

function gradientProblem(activation: families.Activation, expected: Gradient): Problem {
  const { y } = run(pointwise(CELLS, activation), { x: kinked, y: gradients });
  return problem(pointwiseGradient(CELLS, activation), { y, dy: gradients, dx: gradients }, ({ dx }) =>
    expectClose(dx, expected(new Float64Array(y), new Float64Array(gradients)), TOLERANCE),
  );
}

const inputGradientProblem = (activation: inputFamilies.InputActivation, expected: Gradient): Problem =>
  problem(pointwiseInputGradient(CELLS, activation), { x: kinked, dy: gradients, dx: gradients }, ({ dx }) =>
    expectClose(dx, expected(new Float64Array(kinked), new Float64Array(gradients)), 2 * TOLERANCE),
  );

const ones = new Float64Array(kinked.length).fill(1);

const withDerivativeProblem = (
  activation: inputFamilies.DerivativeActivation,
  forward: Forward,
  gradient: Gradient,
): Problem =>
  problem(
    pointwiseWithDerivative(CELLS, activation),
    { x: kinked, y: gradients, derivative: gradients },
    ({ y, derivative }) => {
      const x = new Float64Array(kinked);
      expectClose(y, forward(x), TOLERANCE);
      expectClose(derivative, gradient(x, ones), TOLERANCE);
    },
  );

/** An activation whose mutants all matter: y = x + ½, with 3x as its derivative. */
const probe: inputFamilies.DerivativeActivation = {
  name: 'probe',
  forward: (_, x) => add(x, 0.5),
  inputBackward: (_, outputGradient, x) => multiply(outputGradient, multiply(x, 3)),
  forwardWithDerivative: (_, x) => ({ y: add(x, 0.5), derivative: multiply(x, 3) }),
};

const productProblem = (): Problem =>
  problem(pointwiseProduct(CELLS), { derivative: kinked, dy: gradients, dx: gradients }, ({ dx }) =>
    expectClose(
      dx,
      gradients.map((dy, i) => dy * kinked[i]!),
      1e-7,
    ),
  );

/** The mutants of elementary functions are tested by the bits in math/elementary.test.ts. */
const plain = ['relu', 'relu6', 'leakyRelu', 'hardSigmoid', 'hardSwish'];
const examplesOf = <A extends { readonly name: string }, T>(
  activations: readonly (readonly [A, Forward, Gradient])[],
  argumentsOf: (activation: A, forward: Forward, gradient: Gradient) => T,
) =>
  activations.map(([activation, forward, gradient]) => ({
    title: activation.name,
    problems: [argumentsOf(activation, forward, gradient)],
    ...(!plain.includes(activation.name.replace(/ .*/, '')) && { mutants: false as const }),
  }));

function planesData({ channels, area }: PlanesShape, seed: number) {
  const size = SAMPLES * channels * area;
  return { x: values(size, seed, 1), slope: values(channels, seed, 2), dy: values(size, seed, 3) };
}

function preluProblem(shape: PlanesShape, seed: number): Problem {
  const { x, slope, dy } = planesData(shape, seed);
  return problem(prelu(shape), { x: toCells(x), slope: new Float32Array(slope), y: toCells(dy) }, ({ y }) =>
    expectClose(fromCells(y), reference.prelu(shape, x, slope), 1e-7),
  );
}

function preluInputGradientProblem(shape: PlanesShape, seed: number): Problem {
  const { x, slope, dy } = planesData(shape, seed);
  return problem(
    preluInputGradient(shape),
    { x: toCells(x), slope: new Float32Array(slope), dy: toCells(dy), dx: toCells(x) },
    ({ dx }) => expectClose(fromCells(dx), reference.preluInputGradient(shape, x, slope, dy), 1e-7),
  );
}

function preluSlopeGradientProblem(shape: PlanesShape, seed: number, accumulate: boolean): Problem {
  const { x, dy, slope: before } = planesData(shape, seed);
  return problem(
    preluSlopeGradient(shape, accumulate),
    { x: toCells(x), dy: toCells(dy), dslope: new Float32Array(before) },
    ({ dslope }) =>
      expectClose(
        dslope,
        reference.preluSlopeGradient(shape, x, dy).map((sum, c) => (accumulate ? before[c]! : 0) + sum),
        // The terms are below 1 and have different signs: the rounding error grows with their number, the sum need not.
        1e-6 * Math.sqrt(SAMPLES * shape.area),
      ),
  );
}

function softmaxProblem(shape: PlanesShape, seed: number): Problem {
  const { x, dy } = planesData(shape, seed);
  // Far apart, so that the largest matters.
  const wide = x.map((v) => 64 * v);
  return problem(softmax(shape), { x: toCells(wide), y: toCells(dy) }, ({ y }) =>
    expectClose(fromCells(y), reference.softmax(shape, SAMPLES, wide), 1e-6),
  );
}

function softmaxInputGradientProblem(shape: PlanesShape, seed: number): Problem {
  const { x, dy } = planesData(shape, seed);
  const y = reference.softmax(shape, SAMPLES, x).map(Math.fround);
  return problem(softmaxInputGradient(shape), { y: toCells(y), dy: toCells(dy), dx: toCells(x) }, ({ dx }) =>
    expectClose(fromCells(dx), reference.softmaxInputGradient(shape, SAMPLES, y, dy), 1e-6),
  );
}

const planes: PlanesShape = { channels: 5, area: 3 };
const random = [{ arguments: fc.tuple(planesShapes, seeds) }];

export const activationCases = {
  pointwise: kernelCases(forwardProblem, {
    examples: [
      ...examplesOf(ofOutput, (activation, forward) => [activation, forward] as const),
      ...examplesOf(ofInput, (activation, forward) => [activation, forward] as const),
    ],
  }),
  pointwiseGradient: kernelCases(gradientProblem, {
    examples: examplesOf(ofOutput, (activation, _, gradient) => [activation, gradient] as const),
  }),
  pointwiseInputGradient: kernelCases(inputGradientProblem, {
    examples: examplesOf(ofInput, (activation, _, gradient) => [activation, gradient] as const),
  }),
  pointwiseWithDerivative: kernelCases(withDerivativeProblem, {
    examples: [
      {
        problems: [[probe, (x: Float64Array) => x.map((v) => v + 0.5), (x: Float64Array) => x.map((v) => 3 * v)]],
      },
      {
        title: 'elu',
        problems: [
          [
            inputFamilies.elu(0.7),
            (x: Float64Array) => reference.elu(x, 0.7),
            (x: Float64Array, dy: Float64Array) => reference.eluGradient(x, dy, 0.7),
          ],
        ],
        mutants: false,
      },
      { title: 'selu', problems: [[inputFamilies.selu, reference.selu, reference.seluGradient]], mutants: false },
    ],
  }),
  pointwiseProduct: kernelCases(productProblem, { examples: [{ problems: [[]] }] }),
  prelu: kernelCases(preluProblem, { examples: [{ problems: [[planes, 1]] }], random }),
  preluInputGradient: kernelCases(preluInputGradientProblem, { examples: [{ problems: [[planes, 1]] }], random }),
  preluSlopeGradient: kernelCases(preluSlopeGradientProblem, {
    examples: [{ problems: [[planes, 1, true]] }],
    random: [{ arguments: fc.tuple(planesShapes, seeds, fc.boolean()) }],
  }),
  // Its elementary functions have tests of their own.
  softmax: kernelCases(softmaxProblem, { examples: [{ problems: [[planes, 1]], mutants: false }], random }),
  softmaxInputGradient: kernelCases(softmaxInputGradientProblem, { examples: [{ problems: [[planes, 1]] }], random }),
} satisfies Readonly<Record<string, KernelCases>>;

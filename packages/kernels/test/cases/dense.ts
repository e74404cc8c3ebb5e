// The fully connected layer and its gradients.
import fc from 'fast-check';
import { dense, denseInputGradient, denseScratchFloats, denseWeightGradient } from '../../src/families/dense/dense.ts';
import * as reference from '../../src/reference/index.ts';
import type { DenseShape } from '../../src/shapes.ts';
import { expectClose, fromCells, SAMPLES, toCells, values } from '../harness.ts';
import { denseShapes, seeds } from '../shapes.ts';
import { none, withRelu, withSigmoid, withTanh } from './activation-references.ts';
import { type KernelCases, kernelCases, once, type Problem, problem } from './kernel-cases.ts';

function data({ inFeatures, outFeatures }: DenseShape, seed: number) {
  return {
    x: values(SAMPLES * inFeatures, seed, 1),
    w: values(outFeatures * inFeatures, seed, 2),
    b: values(outFeatures, seed, 3),
    dy: values(SAMPLES * outFeatures, seed, 4),
  };
}

function forwardProblem(shape: DenseShape, seed: number, useBias = true, { activation, forward } = none): Problem {
  const { x, w, b, dy } = data(shape, seed);
  const bias = useBias ? new Float32Array(b) : undefined;
  return problem(
    dense(shape, { useBias, activation }),
    { x: toCells(x), w: new Float32Array(w), bias, y: toCells(dy) },
    ({ y }) => expectClose(fromCells(y), forward(reference.dense(shape, SAMPLES, x, w, useBias ? b : undefined))),
  );
}

function inputGradientProblem(shape: DenseShape, seed: number, { activation, forward, gradient } = none): Problem {
  const { x, w, dy } = data(shape, seed);
  const made = forward(x).map(Math.fround);
  const expected = once(() => gradient(made, reference.denseInputGradient(shape, SAMPLES, w, dy)));
  return problem(
    denseInputGradient(shape, activation),
    { dy: toCells(dy), w: new Float32Array(w), x: toCells(made), dx: toCells(x).fill(NaN) },
    ({ dx }) => expectClose(fromCells(dx), expected()),
  );
}

function weightGradientProblem(shape: DenseShape, seed: number, accumulate: boolean): Problem {
  const { x, w: before, dy } = data(shape, seed);
  const scratch = new Float32Array(denseScratchFloats(shape)).fill(NaN);
  return problem(
    denseWeightGradient(shape, accumulate),
    { x: toCells(x), dy: toCells(dy), scratch, dw: new Float32Array(before) },
    ({ dw }) => {
      const expected = reference.denseWeightGradient(shape, SAMPLES, x, dy);
      expectClose(dw, accumulate ? expected.map((g, i) => g + before[i]!) : expected);
    },
  );
}

const shape: DenseShape = { inFeatures: 22, outFeatures: 7 };
/** Rows of weights lie a multiple of 4096 bytes apart, so that the input gradient takes the outputs in panels. */
const aliasing: DenseShape = { inFeatures: 1024, outFeatures: 17 };

export const denseCases = {
  dense: kernelCases(forwardProblem, {
    examples: [
      { problems: [[shape, 1]] },
      { title: 'with relu, without bias', problems: [[shape, 1, false, withRelu]], mutants: false },
      { title: 'with sigmoid', problems: [[shape, 1, true, withSigmoid]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(denseShapes, seeds, fc.boolean()) }],
  }),
  denseInputGradient: kernelCases(inputGradientProblem, {
    examples: [
      { problems: [[shape, 1]] },
      { title: 'in panels', problems: [[aliasing, 1]] },
      { title: 'after tanh', problems: [[shape, 1, withTanh]], mutants: false },
      { title: 'in panels, after tanh', problems: [[aliasing, 1, withTanh]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(denseShapes, seeds) }],
  }),
  denseWeightGradient: kernelCases(weightGradientProblem, {
    examples: [{ problems: [[shape, 1, true]] }],
    random: [{ arguments: fc.tuple(denseShapes, seeds, fc.boolean()) }],
  }),
} satisfies Readonly<Record<string, KernelCases>>;

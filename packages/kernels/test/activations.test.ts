// Activations and their gradients against float64, and what they make of zeros, saturated and broken numbers.
import { describe, test } from 'vitest';
import {
  type Activation,
  elu,
  hardSigmoid,
  leakyRelu,
  relu,
  relu6,
  selu,
  sigmoid,
  softplus,
  tanh,
} from '../src/families/activations/activation.ts';
import { gelu, geluTanh, hardSwish, type InputActivation, silu } from '../src/families/activations/input-activation.ts';
import { pointwise, pointwiseGradient, pointwiseInputGradient } from '../src/families/activations/pointwise.ts';
import { multiply } from '../src/language/floats.ts';
import type { Kernel } from '../src/language/kernel.ts';
import * as reference from '../src/reference/index.ts';
import { type Change, expectClose, expectSameBits, run, unchanged, values } from './harness.ts';
import { expectNoSurvivors } from './mutants.ts';

const CELLS = 13;

/** Has numbers on both sides of every kink, which is at 0, 3 or 6, and on these. */
const x = new Float32Array(values(8 * CELLS, 1, 1).map((v) => 8 * v));
x.set([0, -0, 3, -3, 6, 1, -1]);
const dy = new Float32Array(values(x.length, 1, 2));

type Twin = (x: Float64Array) => Float64Array;
type TwinGradient = (kept: Float64Array, dy: Float64Array) => Float64Array;

const ofOutput: readonly (readonly [Activation, Twin, TwinGradient])[] = [
  [relu, reference.relu, reference.reluGradient],
  [relu6, reference.relu6, reference.relu6Gradient],
  [leakyRelu(0.1), (x) => reference.leakyRelu(x, 0.1), (y, dy) => reference.leakyReluGradient(y, dy, 0.1)],
  [elu(0.7), (x) => reference.elu(x, 0.7), (y, dy) => reference.eluGradient(y, dy, 0.7)],
  [selu, reference.selu, reference.seluGradient],
  [sigmoid, reference.sigmoid, reference.sigmoidGradient],
  [hardSigmoid, reference.hardSigmoid, reference.hardSigmoidGradient],
  [tanh, reference.tanh, reference.tanhGradient],
  [softplus(1), (x) => reference.softplus(x, 1), (y, dy) => reference.softplusGradient(y, dy, 1)],
  [softplus(5), (x) => reference.softplus(x, 5), (y, dy) => reference.softplusGradient(y, dy, 5)],
];

const ofInput: readonly (readonly [InputActivation, Twin, TwinGradient])[] = [
  [leakyRelu(-0.5), (x) => reference.leakyRelu(x, -0.5), (x, dy) => reference.leakyReluGradient(x, dy, -0.5)],
  [gelu, reference.gelu, reference.geluGradient],
  [geluTanh, reference.geluTanh, reference.geluTanhGradient],
  [silu, reference.silu, reference.siluGradient],
  [hardSwish, reference.hardSwish, reference.hardSwishGradient],
];

/** What a kernel with these arguments, the last of which it writes, makes of them. */
const result = (kernel: Kernel, ...given: Float32Array[]): Float32Array => run(kernel, [...given, dy]).at(-1)!;

/** The error may be so many times the greatest result. */
const TOLERANCE = 3e-7;

function checkForward(activation: Pick<Activation, 'forward'>, twin: Twin, change: Change = unchanged): void {
  const y = result(change(pointwise(CELLS, activation)), x);
  expectClose(y, twin(new Float64Array(x)), TOLERANCE);
}

function checkGradient(activation: Activation, twin: TwinGradient, change: Change = unchanged): void {
  const y = result(pointwise(CELLS, activation), x);
  const dx = result(change(pointwiseGradient(CELLS, activation)), y, dy);
  expectClose(dx, twin(new Float64Array(y), new Float64Array(dy)), TOLERANCE);
}

function checkInputGradient(activation: InputActivation, twin: TwinGradient, change: Change = unchanged): void {
  const dx = result(change(pointwiseInputGradient(CELLS, activation)), x, dy);
  expectClose(dx, twin(new Float64Array(x), new Float64Array(dy)), 2 * TOLERANCE);
}

describe('agree with float64', () => {
  test.each(ofOutput)('$name', (activation, forward, gradient) => {
    checkForward(activation, forward);
    checkGradient(activation, gradient);
  });

  test.each(ofInput)('$name', (activation, forward, gradient) => {
    checkForward(activation, forward);
    checkInputGradient(activation, gradient);
  });
});

/** Those without elementary functions, whose last bits have tests of their own. */
const plain = ['relu', 'relu6', 'leakyRelu', 'hardSigmoid', 'hardSwish'];
const isPlain = ([{ name }]: readonly [{ readonly name: string }, ...unknown[]]) =>
  plain.includes(name.replace(/ .*/, ''));

describe('the comparison rejects every mutant of', () => {
  test.each(ofOutput.filter(isPlain))('$name', (activation, forward, gradient) => {
    expectNoSurvivors((change) => checkForward(activation, forward, change));
    expectNoSurvivors((change) => checkGradient(activation, gradient, change));
  });

  test.each(ofInput.filter(isPlain))('$name', (activation, forward, gradient) => {
    expectNoSurvivors((change) => checkForward(activation, forward, change));
    expectNoSurvivors((change) => checkInputGradient(activation, gradient, change));
  });
});

describe('at the edges', () => {
  const edges = Float32Array.of(NaN, Infinity, 1e4, 3, 0, -3, -1e4, -3e38);
  const ones = new Float32Array(8).fill(1);

  test.each<[Activation, y: number[], derivative: number[]]>([
    [relu, [NaN, Infinity, 1e4, 3, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0, 0, 0]],
    [relu6, [NaN, 6, 6, 3, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0, 0]],
    [leakyRelu(0.5), [NaN, Infinity, 1e4, 3, 0, -1.5, -5e3, -1.5e38], [0.5, 1, 1, 1, 0.5, 0.5, 0.5, 0.5]],
    [elu(2), [NaN, Infinity, 1e4, 3, 0, 2 * Math.expm1(-3), -2, -2], [NaN, 1, 1, 1, 2, 2 * Math.exp(-3), 0, 0]],
    [hardSigmoid, [NaN, 1, 1, 1, 0.5, 0, 0, 0], [0, 0, 0, 0, 1 / 6, 0, 0, 0]],
    [
      softplus(1),
      [NaN, Infinity, 1e4, 3 + Math.log1p(Math.exp(-3)), Math.LN2, Math.log1p(Math.exp(-3)), 0, 0],
      [NaN, 1, 1, 1 / (1 + Math.exp(-3)), 0.5, 1 / (1 + Math.exp(3)), 0, 0],
    ],
  ])('$name', (activation, y, derivative) => {
    const output = run(pointwise(1, activation), [edges, edges]).at(-1)!;
    expectEdges(output, y);
    expectEdges(run(pointwiseGradient(1, activation), [output, ones, ones]).at(-1)!, derivative);
  });

  // The same for all gates, but for what they are at ±3.
  test.each([gelu, geluTanh, silu, hardSwish])('$name', (activation) => {
    const output = run(pointwise(1, activation), [edges, edges]).at(-1)!;
    expectEdges(output.with(3, 0).with(5, 0), [NaN, Infinity, 1e4, 0, 0, 0, 0, 0]);
    const dx = run(pointwiseInputGradient(1, activation), [edges.fill(0, 0, 2), ones, ones]).at(-1)!;
    expectEdges(dx.with(3, 0).with(5, 0), [0.5, 0.5, 1, 0, 0.5, 0, 0, 0]);
    edges.set([NaN, Infinity]);
  });

  test('the gradient of relu keeps NaN where y > 0, and so do small numbers', () => {
    const y = Float32Array.of(0, Infinity, -0, 0, 0, 1, 0, 2 ** -149);
    const dx = run(pointwiseGradient(1, relu), [y, new Float32Array(8).fill(NaN), y]).at(-1)!;
    expectSameBits(dx, [0, NaN, 0, 0, 0, NaN, 0, NaN]);
  });

  test('small numbers lose no digits', () => {
    const small = Float32Array.of(-1e-6, 1e-6, -30, 20, -12, -5, -80, 1e-20);
    const relative = (f: Pick<Activation, 'forward'>, twin: Twin) => {
      const y = run(pointwise(1, f), [small, small]).at(-1)!;
      const exact = twin(new Float64Array(small));
      expectClose(
        y.map((v, i) => v / exact[i]!),
        new Array(8).fill(1),
        1e-6,
      );
    };
    relative(elu(1), (x) => reference.elu(x, 1));
    relative(softplus(1), (x) => reference.softplus(x, 1));
    relative(silu, reference.silu);
    relative({ forward: (k, x) => gelu.forward(k, multiply(x, 0.1)) }, (x) => reference.gelu(x.map((v) => 0.1 * v)));
  });
});

/** Each to 7 digits by itself, whatever the others are. */
function expectEdges(actual: Float32Array, expected: readonly number[]): void {
  for (const [i, y] of expected.entries()) expectClose([actual[i]!], [y], 1e-7);
}

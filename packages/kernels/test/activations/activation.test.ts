// Activations of zeros, of saturated and of broken numbers.
import { test } from 'vitest';
import {
  type Activation,
  hardSigmoid,
  leakyRelu,
  relu,
  relu6,
  softplus,
} from '../../src/families/activations/activation.ts';
import { elu, gelu, geluTanh, hardSwish, silu } from '../../src/families/activations/input-activation.ts';
import { pointwise, pointwiseGradient, pointwiseInputGradient } from '../../src/families/activations/pointwise.ts';
import { multiply } from '../../src/language/floats.ts';
import * as reference from '../../src/reference/index.ts';
import { expectClose, expectSameBits, run } from '../harness.ts';

const edges = Float32Array.of(NaN, Infinity, 1e4, 3, 0, -3, -1e4, -3e38);
const ones = new Float32Array(8).fill(1);

const applied = (activation: Pick<Activation, 'forward'>, x: Float32Array) =>
  run(pointwise(1, activation), { x, y: x }).y;

test.each<[Activation, y: number[], derivative: number[]]>([
  [relu, [NaN, Infinity, 1e4, 3, 0, 0, 0, 0], [0, 1, 1, 1, 0, 0, 0, 0]],
  [relu6, [NaN, 6, 6, 3, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0, 0]],
  [leakyRelu(0.5), [NaN, Infinity, 1e4, 3, 0, -1.5, -5e3, -1.5e38], [0.5, 1, 1, 1, 0.5, 0.5, 0.5, 0.5]],
  [hardSigmoid, [NaN, 1, 1, 1, 0.5, 0, 0, 0], [0, 0, 0, 0, 1 / 6, 0, 0, 0]],
  [
    softplus(1),
    [NaN, Infinity, 1e4, 3 + Math.log1p(Math.exp(-3)), Math.LN2, Math.log1p(Math.exp(-3)), 0, 0],
    [NaN, 1, 1, 1 / (1 + Math.exp(-3)), 0.5, 1 / (1 + Math.exp(3)), 0, 0],
  ],
])('$name', (activation, values, derivative) => {
  const y = applied(activation, edges);
  expectEdges(y, values);
  expectEdges(run(pointwiseGradient(1, activation), { y, dy: ones, dx: ones }).dx, derivative);
});

test('elu', () => {
  expectEdges(applied(elu(2), edges), [NaN, Infinity, 1e4, 3, 0, 2 * Math.expm1(-3), -2, -2]);
  const { dx } = run(pointwiseInputGradient(1, elu(2)), { x: edges, dy: ones, dx: ones });
  expectEdges(dx, [NaN, 1, 1, 1, 2, 2 * Math.exp(-3), 0, 0]);
});

// These agree everywhere but at ±3.
test.each([gelu, geluTanh, silu, hardSwish])('$name', (activation) => {
  expectEdges(applied(activation, edges).with(3, 0).with(5, 0), [NaN, Infinity, 1e4, 0, 0, 0, 0, 0]);
  const x = edges.slice().fill(0, 0, 2);
  const { dx } = run(pointwiseInputGradient(1, activation), { x, dy: ones, dx: ones });
  expectEdges(dx.with(3, 0).with(5, 0), [0.5, 0.5, 1, 0, 0.5, 0, 0, 0]);
});

test('the gradient of relu keeps NaN where y > 0, also where y is subnormal', () => {
  const y = Float32Array.of(0, Infinity, -0, 0, 0, 1, 0, 2 ** -149);
  const { dx } = run(pointwiseGradient(1, relu), { y, dy: new Float32Array(8).fill(NaN), dx: y });
  expectSameBits(dx, [0, NaN, 0, 0, 0, NaN, 0, NaN]);
});

test('small numbers lose no digits', () => {
  const small = Float32Array.of(-1e-6, 1e-6, -30, 20, -12, -5, -80, 1e-20);
  const expectRelative = (f: Pick<Activation, 'forward'>, expected: (x: Float64Array) => Float64Array) => {
    const exact = expected(new Float64Array(small));
    const ratios = applied(f, small).map((v, i) => v / exact[i]!);
    expectClose(ratios, new Array(8).fill(1), 1e-6);
  };
  expectRelative(elu(1), (x) => reference.elu(x, 1));
  expectRelative(softplus(1), (x) => reference.softplus(x, 1));
  expectRelative(silu, reference.silu);
  expectRelative({ forward: (k, x) => gelu.forward(k, multiply(x, 0.1)) }, (x) =>
    reference.gelu(x.map((v) => 0.1 * v)),
  );
});

/** Compares each number to 7 digits, relative to itself. */
function expectEdges(actual: Float32Array, expected: readonly number[]): void {
  for (const [i, y] of expected.entries()) expectClose([actual[i]!], [y], 1e-7);
}

// Compares every gradient with central differences of its op, both in float32, without the reference.
import * as reference from '@convoy/kernels/reference';
import { expect, test } from 'vitest';
import * as ops from '../../src/index.ts';
import { full, type Shape, sizeOf, Tensor } from '../../src/index.ts';
import { float64, random } from './numbers.ts';

/** Steps and numbers are multiples of 2⁻¹⁰, so float32 represents every point exactly. Only results are rounded. */
const accuracy = { step: 2 ** -6, tolerance: 1e-3 };

/** An op as a function of one operand. Its gradient is checked at `at`. */
interface Case {
  readonly at: Tensor;
  forward(x: Tensor): Tensor | number;
  /** ∂E/∂x for E = Σ outputGradient · forward(x). */
  backward(x: Tensor, outputGradient: Tensor): Tensor;
}

const [batch, window] = [9, { strides: [2, 1], padding: 'same', dilations: [1, 2], groups: 2 } as const];
const x = random([batch, 2, 5, 4], 1, 'x');
const kernel = random([4, 1, 3, 2], 1, 'kernel');
const bias = random([4], 1, 'bias');
const transposed = { strides: 2, padding: 1, outputPadding: [1, 0], groups: 2 } as const;
const transposedKernel = random([2, 2, 3, 2], 1, 'transposed kernel');
const pool = { size: [2, 3], strides: 2, padding: 1 } as const;
const features = random([batch, 5], 1, 'features');
const weights = random([3, 5], 1, 'weights');
const units = random([3], 1, 'units');
const slopes = random([5], 1, 'slopes');
const right = random([5, 3], 1, 'right');
const target = random([batch, 5], 1, 'target');
const labels = Array.from({ length: batch }, (_, n) => n % 5);

/** Numbers that are not close to 0, where ReLU has a kink. */
const awayFromZero = new Tensor(
  features.data.map((value) => value + Math.sign(value) / 8 + 1 / 1024),
  features.shape,
);

/** Numbers that differ by 1/16 or more, so that no step changes which one is the largest. */
const spread = (shape: Shape) =>
  new Tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 97) % 361) / 16),
    shape,
  );

const cases: Record<string, Case> = {
  'conv2d, input': {
    at: x,
    forward: (at) => ops.conv2d(at, kernel, bias, window),
    backward: (at, dy) => ops.conv2dInputGradient(at.shape, kernel, dy, window),
  },
  'conv2d, kernel': {
    at: kernel,
    forward: (at) => ops.conv2d(x, at, bias, window),
    backward: (at, dy) => ops.conv2dWeightGradient(x, at.shape, dy, window),
  },
  'conv2d, bias': {
    at: bias,
    forward: (at) => ops.conv2d(x, kernel, at, window),
    backward: (_, dy) => ops.conv2dBiasGradient(dy),
  },
  'conv2dTranspose, input': {
    at: x,
    forward: (at) => ops.conv2dTranspose(at, transposedKernel, bias, transposed),
    backward: (at, dy) => ops.conv2dTransposeInputGradient(at.shape, transposedKernel, dy, transposed),
  },
  'conv2dTranspose, kernel': {
    at: transposedKernel,
    forward: (at) => ops.conv2dTranspose(x, at, bias, transposed),
    backward: (at, dy) => ops.conv2dTransposeWeightGradient(x, at.shape, dy, transposed),
  },
  'conv2dTranspose, bias': {
    at: bias,
    forward: (at) => ops.conv2dTranspose(x, transposedKernel, at, transposed),
    backward: (_, dy) => ops.conv2dBiasGradient(dy),
  },
  maxPool2d: {
    at: spread([batch, 2, 5, 4]),
    forward: (at) => ops.maxPool2d(at, pool),
    backward: (at, dy) => ops.maxPool2dInputGradient(at, dy, pool),
  },
  avgPool2d: {
    at: x,
    forward: (at) => ops.avgPool2d(at, pool),
    backward: (at, dy) => ops.avgPool2dInputGradient(at.shape, dy, pool),
  },
  'dense, input': {
    at: features,
    forward: (at) => ops.dense(at, weights, units),
    backward: (_, dy) => ops.denseInputGradient(weights, dy),
  },
  'dense, kernel': {
    at: weights,
    forward: (at) => ops.dense(features, at, units),
    backward: (_, dy) => ops.denseWeightGradient(features, dy),
  },
  'dense, bias': {
    at: units,
    forward: (at) => ops.dense(features, weights, at),
    backward: (_, dy) => ops.denseBiasGradient(dy),
  },
  'matmul, left': {
    at: features,
    forward: (at) => ops.matmul(at, right),
    backward: (_, dy) => ops.matmulLeftGradient(right, dy),
  },
  'matmul, right': {
    at: right,
    forward: (at) => ops.matmul(features, at),
    backward: (_, dy) => ops.matmulRightGradient(features, dy),
  },
  relu: {
    at: awayFromZero,
    forward: ops.relu,
    backward: (at, dy) => ops.reluGradient(ops.relu(at), dy),
  },
  sigmoid: {
    at: features,
    forward: ops.sigmoid,
    backward: (at, dy) => ops.sigmoidGradient(ops.sigmoid(at), dy),
  },
  tanh: {
    at: features,
    forward: ops.tanh,
    backward: (at, dy) => ops.tanhGradient(ops.tanh(at), dy),
  },
  gelu: {
    at: features,
    forward: ops.gelu,
    backward: ops.geluGradient,
  },
  'prelu, input': {
    at: awayFromZero,
    forward: (at) => ops.prelu(at, slopes),
    backward: (at, dy) => ops.preluInputGradient(at, slopes, dy),
  },
  'prelu, slope': {
    at: slopes,
    forward: (at) => ops.prelu(features, at),
    backward: (_, dy) => ops.preluSlopeGradient(features, dy),
  },
  softmax: {
    at: x,
    forward: ops.softmax,
    backward: (at, dy) => ops.softmaxGradient(ops.softmax(at), dy),
  },
  softmaxCrossEntropy: {
    at: features,
    forward: (at) => ops.softmaxCrossEntropy(at, labels).loss,
    backward: (at) => ops.softmaxCrossEntropy(at, labels).gradient,
  },
  meanSquaredError: {
    at: features,
    forward: (at) => ops.meanSquaredError(at, target).loss,
    backward: (at) => ops.meanSquaredError(at, target).gradient,
  },
};

test.each(Object.entries(cases))('%s', (_, { at, forward, backward }) => {
  const asTensor = (y: Tensor | number) => (typeof y === 'number' ? full([1], y) : y);
  const output = asTensor(forward(at)).shape;
  const direction = sizeOf(output) === 1 ? full([1], 1) : random(output, 1, 'direction');
  const value = reference.alongDirection(
    (point) => float64(asTensor(forward(new Tensor(Float32Array.from(point), at.shape)))),
    float64(direction),
  );
  const gradient = float64(backward(at, direction));
  expect(reference.gradientMismatch(value, float64(at), gradient, accuracy)).toBeUndefined();
  const wrongSign = gradient.map((g) => -g);
  expect(reference.gradientMismatch(value, float64(at), wrongSign, accuracy)).toBeDefined();
});

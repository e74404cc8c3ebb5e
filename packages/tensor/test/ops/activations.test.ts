import * as reference from '@convoy/kernels/reference';
import { describe, expect, test } from 'vitest';
import * as ops from '../../src/index.ts';
import { relu, reluGradient, sigmoid, Tensor, tanh, tensor, zeros } from '../../src/index.ts';
import { expectTensor, float64, random, withCode } from './numbers.ts';

interface Case {
  readonly name: string;
  /** What the gradient takes: the input or the output. */
  readonly kept: 'x' | 'y';
  forward(x: Tensor): Tensor;
  backward(kept: Tensor, outputGradient: Tensor): Tensor;
  referenceOutput(x: Float64Array): Float64Array;
  referenceGradient(kept: Float64Array, outputGradient: Float64Array): Float64Array;
}

const named = { ...ops };
const namedReferences = { ...reference };

/** Activations without options. Their references have the same names. */
const plain = (
  name: 'relu' | 'relu6' | 'sigmoid' | 'hardSigmoid' | 'tanh' | 'selu' | 'gelu' | 'silu' | 'hardSwish',
) => ({
  name,
  kept: ['gelu', 'silu', 'hardSwish'].includes(name) ? ('x' as const) : ('y' as const),
  forward: named[name],
  backward: named[`${name}Gradient`],
  referenceOutput: namedReferences[name],
  referenceGradient: namedReferences[`${name}Gradient`],
});

const cases: readonly Case[] = [
  ...(['relu', 'relu6', 'sigmoid', 'hardSigmoid', 'tanh', 'selu', 'gelu', 'silu', 'hardSwish'] as const).map(plain),
  {
    name: 'leakyRelu',
    kept: 'x',
    forward: ops.leakyRelu,
    backward: ops.leakyReluGradient,
    referenceOutput: (x) => reference.leakyRelu(x, 0.01),
    referenceGradient: (x, dy) => reference.leakyReluGradient(x, dy, 0.01),
  },
  {
    name: 'leakyRelu of a negative slope',
    kept: 'x',
    forward: (x) => ops.leakyRelu(x, { negativeSlope: -0.5 }),
    backward: (x, dy) => ops.leakyReluGradient(x, dy, { negativeSlope: -0.5 }),
    referenceOutput: (x) => reference.leakyRelu(x, -0.5),
    referenceGradient: (x, dy) => reference.leakyReluGradient(x, dy, -0.5),
  },
  {
    name: 'elu of alpha 0.5',
    kept: 'y',
    forward: (x) => ops.elu(x, { alpha: 0.5 }),
    backward: (y, dy) => ops.eluGradient(y, dy, { alpha: 0.5 }),
    referenceOutput: (x) => reference.elu(x, 0.5),
    referenceGradient: (y, dy) => reference.eluGradient(y, dy, 0.5),
  },
  {
    name: 'softplus of beta 2',
    kept: 'y',
    forward: (x) => ops.softplus(x, { beta: 2 }),
    backward: (y, dy) => ops.softplusGradient(y, dy, { beta: 2 }),
    referenceOutput: (x) => reference.softplus(x, 2),
    referenceGradient: (y, dy) => reference.softplusGradient(y, dy, 2),
  },
  {
    name: 'gelu by tanh',
    kept: 'x',
    forward: (x) => ops.gelu(x, { approximate: 'tanh' }),
    backward: (x, dy) => ops.geluGradient(x, dy, { approximate: 'tanh' }),
    referenceOutput: reference.geluTanh,
    referenceGradient: reference.geluTanhGradient,
  },
];

describe.each(cases)('$name', ({ kept: what, forward, backward, referenceOutput, referenceGradient }) => {
  // Less than a vector, a vector, about the 4096 numbers that a kernel processes at a time, and no numbers.
  test.each([[[]], [[1]], [[8]], [[3, 5, 7]], [[4095]], [[4096]], [[2, 2049]], [[9, 3, 20, 20]], [[0, 3]]])(
    'equals the reference on %j',
    (shape) => {
      const x = scaled(random(shape, 1, 'x'), 8);
      const dy = random(shape, 1, 'dy');
      const y = forward(x);
      expectTensor(y, shape, referenceOutput(float64(x)), 1e-6);
      const kept = what === 'x' ? x : y;
      expectTensor(backward(kept, dy), shape, referenceGradient(float64(kept), float64(dy)), 2e-6);
    },
  );

  test('refuses a gradient of another shape', () => {
    expect(() => backward(zeros([2, 3]), zeros([3, 2]))).toThrow(withCode('CONVOY_SHAPE_MISMATCH'));
    expect(() => backward(zeros([2, 3]), zeros([3, 2]))).toThrow(
      `Given outputGradient of shape [3, 2]; expected [2, 3], the shape of ${what}.`,
    );
  });
});

const scaled = ({ data, shape }: Tensor, factor: number) =>
  new Tensor(
    data.map((value) => value * factor),
    shape,
  );

test('at the edges', () => {
  const edges = tensor([-Infinity, 0, Infinity, Number.NaN]);
  expect(relu(edges).toArray()).toEqual([0, 0, Infinity, Number.NaN]);
  expect(sigmoid(edges).toArray()).toEqual([0, 0.5, 1, Number.NaN]);
  expect(tanh(edges).toArray()).toEqual([-1, 0, 1, Number.NaN]);
  expect(reluGradient(relu(edges), tensor([1, 2, 3, 4])).toArray()).toEqual([0, 0, 3, 0]);
});

describe('channel by channel', () => {
  const shapes = [
    [1, 1],
    [9, 5],
    [3, 4, 2, 3],
  ];

  test.each(shapes.map((shape) => ({ shape })))('softmax of $shape', ({ shape }) => {
    const [batch = 0, channels = 0, ...plane] = shape;
    const planes = { channels, area: ops.sizeOf(plane) };
    const x = scaled(random(shape, 1, 'x'), 8);
    const dy = random(shape, 1, 'dy');
    const y = ops.softmax(x);
    expectTensor(y, shape, reference.softmax(planes, batch, float64(x)), 1e-6);
    const expected = reference.softmaxInputGradient(planes, batch, float64(y), float64(dy));
    expectTensor(ops.softmaxGradient(y, dy), shape, expected, 1e-6);
  });

  test.each(
    shapes.flatMap((shape) => [
      { shape, slopes: shape[1] as number },
      { shape, slopes: 1 },
    ]),
  )('prelu of $shape with $slopes slopes', ({ shape, slopes }) => {
    const [batch = 0] = shape;
    const planes = { channels: slopes, area: ops.sizeOf(shape) / batch / slopes };
    const x = random(shape, 1, 'x');
    const dy = random(shape, 1, 'dy');
    const slope = random([slopes], 1, 'slope');
    const numbers = [float64(x), float64(slope), float64(dy)] as const;
    const [x64, slope64, dy64] = numbers;
    expectTensor(ops.prelu(x, slope), shape, reference.prelu(planes, x64, slope64), 1e-6);
    const dx = reference.preluInputGradient(planes, x64, slope64, dy64);
    expectTensor(ops.preluInputGradient(x, slope, dy), shape, dx, 1e-6);
    const dSlope = reference.preluSlopeGradient(planes, x64, dy64);
    expectTensor(ops.preluSlopeGradient(x, dy, slopes), [slopes], dSlope, 1e-5);
  });

  test.each<[given: string, run: () => Tensor]>([
    ['x of shape [3]', () => ops.softmax(zeros([3]))],
    ['x of shape [0, 3]', () => ops.softmax(zeros([0, 3]))],
    ['outputGradient of shape [3, 2]', () => ops.softmaxGradient(zeros([2, 3]), zeros([3, 2]))],
    ['slope of shape [2]', () => ops.prelu(zeros([2, 3]), zeros([2]))],
    ['slope of shape [2]', () => ops.preluInputGradient(zeros([2, 3]), zeros([2]), zeros([2, 3]))],
    ['outputGradient of shape [3]', () => ops.preluInputGradient(zeros([2, 3]), zeros([3]), zeros([3]))],
    ['slopes: 2', () => ops.preluSlopeGradient(zeros([2, 3]), zeros([2, 3]), 2)],
  ])('%s is refused', (given, run) => {
    expect(run).toThrow(withCode('CONVOY_SHAPE_MISMATCH'));
    expect(run).toThrow(`Given ${given}; expected`);
  });
});

test.each<[given: string, run: () => Tensor]>([
  ['alpha: 0', () => ops.elu(zeros([1]), { alpha: 0 })],
  ['beta: -1', () => ops.softplusGradient(zeros([1]), zeros([1]), { beta: -1 })],
  ['negativeSlope: NaN', () => ops.leakyRelu(zeros([1]), { negativeSlope: Number.NaN })],
])('%s is refused', (given, run) => {
  expect(run).toThrow(withCode('CONVOY_INVALID_OPTION'));
  expect(run).toThrow(`Given ${given}; expected`);
});

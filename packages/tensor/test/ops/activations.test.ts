import { reference } from '@convoy/kernels';
import { describe, expect, test } from 'vitest';
import {
  relu,
  reluGradient,
  sigmoid,
  sigmoidGradient,
  Tensor,
  tanh,
  tanhGradient,
  tensor,
  zeros,
} from '../../src/index.ts';
import { expectTensor, float64, random, withCode } from './numbers.ts';

const cases = [
  { name: 'relu', forward: relu, backward: reluGradient, twin: reference.relu, twinGradient: reference.reluGradient },
  {
    name: 'sigmoid',
    forward: sigmoid,
    backward: sigmoidGradient,
    twin: reference.sigmoid,
    twinGradient: reference.sigmoidGradient,
  },
  { name: 'tanh', forward: tanh, backward: tanhGradient, twin: reference.tanh, twinGradient: reference.tanhGradient },
];

describe.each(cases)('$name', ({ forward, backward, twin, twinGradient }) => {
  // Less than a vector, a vector, around the 4096 numbers that a kernel takes at a time, and no number at all.
  test.each([[[]], [[1]], [[8]], [[3, 5, 7]], [[4095]], [[4096]], [[2, 2049]], [[9, 3, 20, 20]], [[0, 3]]])(
    'equals the reference on %j',
    (shape) => {
      const x = scaled(random(shape, 1, 'x'), 8);
      const dy = random(shape, 1, 'dy');
      const y = forward(x);
      expectTensor(y, shape, twin(float64(x)), 1e-6);
      expectTensor(backward(y, dy), shape, twinGradient(float64(y), float64(dy)), 1e-6);
    },
  );

  test('refuses a gradient of another shape', () => {
    expect(() => backward(zeros([2, 3]), zeros([3, 2]))).toThrow(withCode('CONVOY_SHAPE_MISMATCH'));
    expect(() => backward(zeros([2, 3]), zeros([3, 2]))).toThrow(
      'Given outputGradient of shape [3, 2]; expected [2, 3], the shape of y.',
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

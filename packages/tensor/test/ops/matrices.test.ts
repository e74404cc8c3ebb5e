// Dense and matmul, which use the same kernels.
import * as reference from '@convoy/kernels/reference';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dense,
  denseBiasGradient,
  denseInputGradient,
  denseWeightGradient,
  matmul,
  matmulLeftGradient,
  matmulRightGradient,
  type Tensor,
  tensor,
  zeros,
} from '../../src/index.ts';
import { batches, expectTensor, float64, integer, random, seeds, withCode } from './numbers.ts';

const features = integer(1, 37);

const overRandomShapes = (check: (batch: number, features: number, units: number, seed: number) => void) =>
  fc.assert(fc.property(batches, features, integer(1, 14), seeds, check), { numRuns: 60 });

describe('equals the reference over random shapes', () => {
  test('dense, with and without a bias', () => {
    overRandomShapes((batch, inFeatures, outFeatures, seed) => {
      const shape = { inFeatures, outFeatures };
      const x = random([batch, inFeatures], seed, 'x');
      const kernel = random([outFeatures, inFeatures], seed, 'kernel');
      const bias = random([outFeatures], seed, 'bias');
      const [x64, kernel64, output] = [float64(x), float64(kernel), [batch, outFeatures]];
      expectTensor(dense(x, kernel), output, reference.dense(shape, batch, x64, kernel64));
      expectTensor(dense(x, kernel, bias), output, reference.dense(shape, batch, x64, kernel64, float64(bias)));
    });
  });

  test('the gradients of dense', () => {
    overRandomShapes((batch, inFeatures, outFeatures, seed) => {
      const shape = { inFeatures, outFeatures };
      const x = random([batch, inFeatures], seed, 'x');
      const kernel = random([outFeatures, inFeatures], seed, 'kernel');
      const dy = random([batch, outFeatures], seed, 'dy');
      const [x64, kernel64, dy64] = [float64(x), float64(kernel), float64(dy)];
      expectTensor(denseInputGradient(kernel, dy), x.shape, reference.denseInputGradient(shape, batch, kernel64, dy64));
      expectTensor(denseWeightGradient(x, dy), kernel.shape, reference.denseWeightGradient(shape, batch, x64, dy64));
      expectTensor(denseBiasGradient(dy), [outFeatures], reference.denseBiasGradient(shape, dy64));
    });
  });

  test('matmul and its gradients', () => {
    overRandomShapes((m, k, n, seed) => {
      const left = random([m, k], seed, 'left');
      const right = random([k, n], seed, 'right');
      const dy = random([m, n], seed, 'dy');
      expectTensor(matmul(left, right), [m, n], multiply(left, right));
      expectTensor(matmulLeftGradient(right, dy), [m, k], multiply(dy, transpose(right)));
      expectTensor(matmulRightGradient(left, dy), [k, n], multiply(transpose(left), dy));
    });
  });
});

/** The definition, in float64. */
function multiply(left: Tensor, right: Tensor): Float64Array {
  const [rows, inner, columns] = [left.shape[0] as number, left.shape[1] as number, right.shape[1] as number];
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let p = 0; p < inner; p++) result[i * columns + j]! += left.at(i, p) * right.at(p, j);
    }
  }
  return result;
}

function transpose(matrix: Tensor): Tensor {
  const [rows = 0, columns = 0] = matrix.shape;
  const result = zeros([columns, rows]);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result.set(matrix.at(i, j), j, i);
  return result;
}

test('by hand', () => {
  const left = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const right = tensor([
    [1, 0],
    [0, 1],
    [1, -1],
  ]);
  expect(matmul(left, right).toArray()).toEqual([
    [4, -1],
    [10, -1],
  ]);
  expect(
    dense(
      left,
      tensor([
        [1, 0, 1],
        [0, 1, -1],
      ]),
      tensor([0.5, 0.25]),
    ).toArray(),
  ).toEqual([
    [4.5, -0.75],
    [10.5, -0.75],
  ]);
});

describe('refuses', () => {
  const x = zeros([3, 4]);
  const kernel = zeros([2, 4]);
  test.each<[string, () => Tensor, RegExp]>([
    [
      'matrices that do not fit',
      () => matmul(x, zeros([3, 4])),
      /right of shape \[3, 4\]; expected \[4, 4\], as many rows/,
    ],
    ['a vector', () => matmul(zeros([4]), kernel), /left of shape \[4\]; expected \[m, k\]/],
    ['an empty matrix', () => matmul(zeros([3, 0]), zeros([0, 2])), /each of 1 or more/],
    [
      'a left gradient that does not fit',
      () => matmulLeftGradient(kernel, zeros([3, 2])),
      /expected \[3, 4\], as many columns/,
    ],
    [
      'a right gradient that does not fit',
      () => matmulRightGradient(x, zeros([4, 2])),
      /expected \[3, 2\], as many rows/,
    ],
    ['a kernel of other features', () => dense(x, zeros([2, 3])), /kernel of shape \[2, 3\]; expected \[2, 4\]/],
    ['a bias of other units', () => dense(x, kernel, zeros([4])), /bias of shape \[4\]; expected \[2\]/],
    ['planes', () => dense(zeros([3, 1, 2, 2]), kernel), /x of shape \[3, 1, 2, 2\]; expected \[N, features\]/],
    ['an output gradient of other units', () => denseInputGradient(kernel, zeros([3, 4])), /expected \[3, 2\]/],
    ['an output gradient of other samples', () => denseWeightGradient(x, zeros([2, 2])), /expected \[3, 2\]/],
    ['a bias gradient of planes', () => denseBiasGradient(zeros([2, 2, 2, 2])), /expected \[N, units\]/],
  ])('%s', (_, compute, message) => {
    expect(compute).toThrow(withCode('CONVOY_SHAPE_MISMATCH'));
    expect(compute).toThrow(message);
  });
});

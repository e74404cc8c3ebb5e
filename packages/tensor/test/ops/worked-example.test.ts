// A small network computed by hand and with eager ops in float32: convolution, max pooling, sigmoid, two neurons.
import { test } from 'vitest';
import {
  conv2d,
  conv2dBiasGradient,
  conv2dInputGradient,
  conv2dWeightGradient,
  dense,
  denseInputGradient,
  maxPool2d,
  maxPool2dInputGradient,
  sigmoid,
  sigmoidGradient,
  Tensor,
  tensor,
} from '../../src/index.ts';
import { expectTensor } from './numbers.ts';

const pool = { size: 2 };
const input = tensor([
  [0.51, 0.9, 0.88, 0.84, 0.05],
  [0.4, 0.62, 0.22, 0.59, 0.1],
  [0.11, 0.2, 0.74, 0.33, 0.14],
  [0.47, 0.01, 0.85, 0.7, 0.09],
  [0.76, 0.19, 0.72, 0.17, 0.57],
]).reshape([1, 1, 5, 5]);
const kernel = tensor([-0.13, 0.15, -0.51, 0.62], [1, 1, 2, 2]);
const weights = tensor([
  [0.61, 0.82, 0.96, -1],
  [0.02, -0.5, 0.23, 0.17],
]);
const neuronDeltas = tensor([[0.25, -0.15]]);

const map = conv2d(input, kernel);
const pooled = maxPool2d(map, pool);
const activated = sigmoid(pooled);

/** From the gradients at the sigmoids to the 4×4 gradients at the output of the convolution. */
const pooledDeltas = (y: Tensor) => sigmoidGradient(y, denseInputGradient(weights, neuronDeltas).reshape(y.shape));
const route = (deltas: Tensor) => maxPool2dInputGradient(map, deltas, pool);
const weightGradient = (deltaMap: Tensor) => conv2dWeightGradient(input, kernel.shape, deltaMap);

/** The rounding errors of float32 for the numbers and sums of this network are below this. */
const single = 1e-7;

test('forward', () => {
  expectTensor(map.reshape([16]).slice(0, 1), [1], [0.2491], single);
  expectTensor(pooled, [1, 1, 2, 2], [0.3092, 0.2652, 0.6069, 0.1892], single);
  expectTensor(activated, [1, 1, 2, 2], [0.57669, 0.56591, 0.64723, 0.54716], 5e-6);
  expectTensor(dense(activated.reshape([1, 4]), weights), [1, 2], [0.890015065, -0.029542504], 2 * single);
});

test('with the sigmoids rounded to two digits', () => {
  const rounded = new Tensor(
    activated.data.map((y) => Math.round(y * 100) / 100),
    activated.shape,
  );
  const deltas = pooledDeltas(rounded);
  expectTensor(deltas, [1, 1, 2, 2], [0.0364182, 0.068628, 0.04675125, -0.06818625], single);
  expectTensor(
    weightGradient(route(deltas)),
    kernel.shape,
    [0.044591799, 0.0941186865, 0.01125765, 0.068312388],
    single,
  );
});

test('with the deltas as printed, cut to four digits', () => {
  const deltaMap = route(tensor([0.0364, 0.0686, 0.0467, -0.0681], [1, 1, 2, 2]));
  const printed = [
    [0, 0, 0.0686, 0],
    [0, 0.0364, 0, 0],
    [0, 0.0467, 0, 0],
    [0, 0, 0, -0.0681],
  ];
  expectTensor(deltaMap, [1, 1, 4, 4], printed.flat(), single);
  expectTensor(weightGradient(deltaMap), kernel.shape, [0.044606, 0.094061, 0.011262, 0.068288], single);
});

test('without any rounding', () => {
  const deltas = pooledDeltas(activated);
  const deltaMap = route(deltas);
  expectTensor(
    deltas,
    [1, 1, 2, 2],
    [0.03649573776280086, 0.06878349152047177, 0.04692024243860495, -0.06826228539244766],
    single,
  );
  expectTensor(
    weightGradient(deltaMap),
    kernel.shape,
    [0.04475727866395933, 0.09438456890425985, 0.011296129594733906, 0.06856180934067002],
    single,
  );
  expectTensor(conv2dBiasGradient(deltaMap), [1], [0.08393718632942992], single);
  const received = [
    [0, 0, -0.00894185, 0.01031752, 0],
    [0, -0.00474445, -0.02960522, 0.04264576, 0],
    [0, -0.02471246, 0.02966539, 0, 0],
    [0, -0.02392932, 0.02909055, 0.0088741, -0.01023934],
    [0, 0, 0, 0.03481377, -0.04232262],
  ];
  expectTensor(conv2dInputGradient(input.shape, kernel, deltaMap), input.shape, received.flat(), single);
});

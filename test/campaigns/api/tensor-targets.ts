// The functions of @convoy/tensor, with valid arguments.
import * as convoy from '@convoy/tensor';
import { zeros } from '@convoy/tensor';
import { constructorOf, exportOf, methodOf, type Target, target } from './target.ts';

const planes = () => zeros([2, 4, 6, 6]);
const convolution = () => ({ strides: 1, padding: 'valid', dilations: [1, 1], groups: 2 });
const transposed = () => ({ ...convolution(), strides: 2, outputPadding: 0 });
const pooling = () => ({ size: 2, strides: 2, padding: 'same', ceilMode: false });
const maximum = () => ({ ...pooling(), dilations: 1 });
const average = () => ({ ...pooling(), countPadding: true });
const matrix = (...shape: number[]) => zeros(shape);

const elementwise = [
  'relu',
  'relu6',
  'sigmoid',
  'tanh',
  'selu',
  'hardSigmoid',
  'hardSwish',
  'silu',
  'softmax',
] as const;

const withOptions = [
  ['elu', { alpha: 1.5 }],
  ['gelu', { approximate: 'tanh' }],
  ['leakyRelu', { negativeSlope: 0.1 }],
  ['softplus', { beta: 2 }],
] as const;

export const tensorTargets: readonly Target[] = [
  ...elementwise.flatMap((name) => [
    target(name, exportOf(convoy, name), () => [planes()]),
    target(`${name}Gradient`, exportOf(convoy, `${name}Gradient`), () => [planes(), planes()]),
  ]),
  ...withOptions.flatMap(([name, options]) => [
    target(name, exportOf(convoy, name), () => [planes(), { ...options }]),
    target(`${name}Gradient`, exportOf(convoy, `${name}Gradient`), () => [planes(), planes(), { ...options }]),
  ]),
  target('conv2d', convoy.conv2d, () => [planes(), matrix(2, 2, 3, 3), matrix(2), convolution()]),
  target('conv2dInputGradient', convoy.conv2dInputGradient, () => [
    [2, 4, 6, 6],
    matrix(2, 2, 3, 3),
    matrix(2, 2, 4, 4),
    convolution(),
  ]),
  target('conv2dWeightGradient', convoy.conv2dWeightGradient, () => [
    planes(),
    [2, 2, 3, 3],
    matrix(2, 2, 4, 4),
    convolution(),
  ]),
  target('conv2dBiasGradient', convoy.conv2dBiasGradient, () => [planes()]),
  target('conv2dTranspose', convoy.conv2dTranspose, () => [planes(), matrix(4, 3, 2, 2), matrix(6), transposed()]),
  target('conv2dTransposeInputGradient', convoy.conv2dTransposeInputGradient, () => [
    [2, 4, 6, 6],
    matrix(4, 3, 2, 2),
    matrix(2, 6, 12, 12),
    transposed(),
  ]),
  target('conv2dTransposeWeightGradient', convoy.conv2dTransposeWeightGradient, () => [
    planes(),
    [4, 3, 2, 2],
    matrix(2, 6, 12, 12),
    transposed(),
  ]),
  target('maxPool2d', convoy.maxPool2d, () => [planes(), maximum()]),
  target('maxPool2dInputGradient', convoy.maxPool2dInputGradient, () => [planes(), matrix(2, 4, 3, 3), maximum()]),
  target('avgPool2d', convoy.avgPool2d, () => [planes(), average()]),
  target('avgPool2dInputGradient', convoy.avgPool2dInputGradient, () => [[2, 4, 6, 6], matrix(2, 4, 3, 3), average()]),
  target('dense', convoy.dense, () => [matrix(2, 3), matrix(4, 3), matrix(4)]),
  target('denseInputGradient', convoy.denseInputGradient, () => [matrix(4, 3), matrix(2, 4)]),
  target('denseWeightGradient', convoy.denseWeightGradient, () => [matrix(2, 3), matrix(2, 4)]),
  target('denseBiasGradient', convoy.denseBiasGradient, () => [matrix(2, 4)]),
  target('matmul', convoy.matmul, () => [matrix(2, 3), matrix(3, 4)]),
  target('matmulLeftGradient', convoy.matmulLeftGradient, () => [matrix(3, 4), matrix(2, 4)]),
  target('matmulRightGradient', convoy.matmulRightGradient, () => [matrix(2, 3), matrix(2, 4)]),
  target('prelu', convoy.prelu, () => [planes(), matrix(4)]),
  target('preluInputGradient', convoy.preluInputGradient, () => [planes(), matrix(4), planes()]),
  target('preluSlopeGradient', convoy.preluSlopeGradient, () => [planes(), planes(), 4]),
  target('meanSquaredError', convoy.meanSquaredError, () => [matrix(2, 3), matrix(2, 3), { reduction: 'mean' }]),
  target('softmaxCrossEntropy', convoy.softmaxCrossEntropy, () => [matrix(2, 3), [0, 2]]),
  target('tensor', convoy.tensor, () => [
    [
      [1, 2],
      [3, 4],
    ],
  ]),
  target('zeros', convoy.zeros, () => [[2, 3]]),
  target('full', convoy.full, () => [[2, 3], 1.5]),
  target('new Tensor', constructorOf(convoy.Tensor), () => [new Float32Array(6), [2, 3]], useTensor),
  target(
    'tensor.at',
    methodOf(() => matrix(2, 3), 'at'),
    () => [1, 2],
  ),
  target(
    'tensor.reshape',
    methodOf(() => matrix(2, 3), 'reshape'),
    () => [[3, 2]],
  ),
  target('assertShape', convoy.assertShape, () => [[2, 3]]),
  target('formatShape', convoy.formatShape, () => [[2, 3]]),
  target('isTensor', convoy.isTensor, () => [matrix(2)]),
  target('isShape', convoy.isShape, () => [[2, 3]]),
  target('sameShape', convoy.sameShape, () => [
    [2, 3],
    [2, 3],
  ]),
  target('sizeOf', convoy.sizeOf, () => [[2, 3]]),
  target('stridesOf', convoy.stridesOf, () => [[2, 3]]),
  target('finiteNumber', convoy.finiteNumber, () => ['rate', 0.5, { atLeast: 0, atMost: 1 }]),
  target('positiveInteger', convoy.positiveInteger, () => ['count', 3, 10]),
  target('nonNegativeInteger', convoy.nonNegativeInteger, () => ['count', 3, 10]),
  target('oneOf', convoy.oneOf, () => ['mode', 'a', ['a', 'b']]),
  target(
    'new Permutation',
    constructorOf(convoy.Permutation),
    () => [10, 1, 2],
    (result) => (result as convoy.Permutation).at(3),
  ),
  target(
    'new RandomStream',
    constructorOf(convoy.RandomStream),
    () => [1, 'purpose', 2],
    (result) => (result as convoy.RandomStream).normal(3),
  ),
  target(
    'randomStream.uniform',
    methodOf(() => new convoy.RandomStream(1, 'purpose'), 'uniform'),
    () => [3],
  ),
  target(
    'randomStream.enterEpoch',
    methodOf(() => new convoy.RandomStream(1, 'purpose'), 'enterEpoch'),
    () => [3],
  ),
];

function useTensor(result: unknown): unknown {
  const made = result as convoy.Tensor;
  return made.toArray();
}

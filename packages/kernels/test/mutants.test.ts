// The tests of the kernels, tested: whichever operation or address of a kernel is wrong, its comparison with the reference fails.
import { test } from 'vitest';
import type { AvgPool2dShape, Conv2dShape, ProductShape } from '../src/shapes.ts';
import { checkConv2d, checkConv2dInputGradient, checkConv2dKernelGradient } from './checks/conv2d.ts';
import { checkDense, checkDenseInputGradient, checkDenseWeightGradient } from './checks/dense.ts';
import {
  checkConcat,
  checkConcatGradient,
  checkProduct,
  checkProductGradient,
  checkSum,
  checkSumGradients,
} from './checks/joins.ts';
import {
  checkPrelu,
  checkPreluInputGradient,
  checkPreluSlopeGradient,
  checkSoftmaxInputGradient,
} from './checks/planes.ts';
import {
  checkAvgPool2d,
  checkAvgPool2dInputGradient,
  checkMaxPool2d,
  checkMaxPool2dInputGradient,
} from './checks/pooling.ts';
import { checkTopKAccuracy } from './checks/top-k-accuracy.ts';
import {
  adamStep,
  averagedBy,
  checkReduceGradients,
  checkUpdate,
  clippedByValue,
  movingAverage,
  rmspropStep,
  type Slice,
  scaled,
  sgdStep,
  tuned,
} from './checks/update.ts';
import type { Change } from './harness.ts';
import { expectNoSurvivors } from './mutants.ts';

/** Has pixels inside and at the border, and tiles of two sizes. */
const convolution: Conv2dShape = {
  inChannels: 5,
  outChannels: 7,
  groups: 1,
  height: 5,
  width: 6,
  kernelHeight: 3,
  kernelWidth: 2,
  strideY: 1,
  strideX: 2,
  padTop: 1,
  padLeft: 1,
  padBottom: 1,
  padRight: 0,
  dilationY: 1,
  dilationX: 1,
};
const apart: AvgPool2dShape = {
  channels: 2,
  height: 5,
  width: 6,
  kernelHeight: 2,
  kernelWidth: 2,
  strideY: 2,
  strideX: 3,
  padTop: 1,
  padLeft: 0,
  padBottom: 0,
  padRight: 0,
  countPadding: false,
};
const overlapping: AvgPool2dShape = { ...apart, kernelHeight: 3, strideX: 1, padLeft: 1 };
const planes = { channels: 5, area: 3 };
const factors: ProductShape = { ...planes, factors: ['plane', 'channel', 'plane'] };
const dense = { inFeatures: 22, outFeatures: 7 };

/** Of units for an update, of chunks for the sum of the gradients. */
const slice: Slice = { first: 1, length: 2, behind: 1, shards: 3, gap: 1 };
// Everything counts: nothing is so small, or so near to 1, that its loss would go unnoticed.
const sgd = sgdStep({ learningRate: 0.3, momentum: 0.8, weightDecay: 0.2, nesterov: true });
const adam = { learningRate: 0.3, beta1: 0.7, beta2: 0.6, epsilon: 0.2, weightDecay: 0.2 };
const adamW = (settings: typeof adam) => adamStep({ ...settings, decoupled: true }, 2);
const rmsprop = rmspropStep({ learningRate: 0.3, rho: 0.6, epsilon: 0.2, momentum: 0.8, weightDecay: 0.2 });
const reduction = { chunkUnits: 2, missing: 0 };

const checks: readonly (readonly [name: string, check: (change: Change) => void])[] = [
  ['conv2d', (change) => checkConv2d(convolution, 1, true, change)],
  ['conv2dInputGradient', (change) => checkConv2dInputGradient(convolution, 1, change)],
  ['conv2dKernelGradient', (change) => checkConv2dKernelGradient(convolution, 1, true, change)],
  ['maxPool2d', (change) => checkMaxPool2d(overlapping, 1, change)],
  ['maxPool2dInputGradient of windows apart', (change) => checkMaxPool2dInputGradient(apart, 1, change)],
  ['maxPool2dInputGradient of overlapping windows', (change) => checkMaxPool2dInputGradient(overlapping, 1, change)],
  ['avgPool2d', (change) => checkAvgPool2d(overlapping, 1, change)],
  ['avgPool2dInputGradient of windows apart', (change) => checkAvgPool2dInputGradient(apart, 1, change)],
  ['avgPool2dInputGradient of overlapping windows', (change) => checkAvgPool2dInputGradient(overlapping, 1, change)],
  ['dense', (change) => checkDense(dense, 1, true, change)],
  ['denseInputGradient', (change) => checkDenseInputGradient(dense, 1, change)],
  [
    'denseInputGradient in panels',
    (change) => checkDenseInputGradient({ inFeatures: 1024, outFeatures: 17 }, 1, change),
  ],
  ['denseWeightGradient', (change) => checkDenseWeightGradient(dense, 1, true, change)],
  ['prelu', (change) => checkPrelu(planes, 1, change)],
  ['preluInputGradient', (change) => checkPreluInputGradient(planes, 1, change)],
  ['preluSlopeGradient', (change) => checkPreluSlopeGradient(planes, 1, true, change)],
  ['sum', (change) => checkSum(5, 3, 1, change)],
  ['sumGradients', (change) => checkSumGradients(5, 3, 1, change)],
  ['product', (change) => checkProduct(factors, 1, change)],
  ['productGradient of a plane', (change) => checkProductGradient(factors, 0, 1, change)],
  ['productGradient of channels', (change) => checkProductGradient(factors, 1, 1, change)],
  ['concat', (change) => checkConcat([3, 2], 1, change)],
  ['concatGradient', (change) => checkConcatGradient([3, 1, 2], [true, false, true], 1, change)],
  ['softmaxInputGradient', (change) => checkSoftmaxInputGradient(planes, 1, change)],
  ['topKAccuracy', (change) => checkTopKAccuracy({ classes: 5, k: 2 }, 1, change)],
  ['sgd', (change) => checkUpdate(sgd, slice, 1, change)],
  ['adam', (change) => checkUpdate(adamStep({ ...adam, decoupled: false }, 2), slice, 1, change)],
  ['adamW', (change) => checkUpdate(adamW(adam), slice, 1, change)],
  ['rmsprop', (change) => checkUpdate(rmsprop, slice, 1, change)],
  ['adamW, tuned', (change) => checkUpdate(tuned(adamW, adam, 0.5, true), slice, 1, change)],
  ['movingAverage', (change) => checkUpdate(movingAverage(sgd, 0.3), slice, 1, change)],
  ['clippedByValue', (change) => checkUpdate(clippedByValue(sgd, 0.5), slice, 1, change)],
  ['scaled', (change) => checkUpdate(scaled(sgd, 0.3), slice, 1, change)],
  ['averaged', (change) => checkUpdate(averagedBy(sgd, 0.7), slice, 1, change)],
  ['reduceGradients', (change) => checkReduceGradients(reduction, slice, 1, change)],
  ['reduceGradients, clipped', (change) => checkReduceGradients({ ...reduction, clipValue: 0.5 }, slice, 1, change)],
];

test.each(checks)('%s', (_, check) => expectNoSurvivors(check));

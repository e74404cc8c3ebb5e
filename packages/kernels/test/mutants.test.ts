// The tests of the kernels, tested: whichever operation or address of a kernel is wrong, its comparison with the reference fails.
import { test } from 'vitest';
import { identity } from '../src/families/activations/activation.ts';
import type { AvgPool2dShape, Conv2dShape, CrossEntropyShape, ProductShape } from '../src/shapes.ts';
import {
  checkBlockGradientSums,
  checkBlockMoments,
  checkCombineMoments,
  checkCombineSums,
  checkNormalize,
  checkNormalizeGradient,
} from './checks/batch-norm.ts';
import { checkAccuracy, checkSoftmaxCrossEntropy, checkTopKAccuracy } from './checks/classification.ts';
import { depthwise, direct, pointwise, winograd } from './checks/convolution.ts';
import { checkDense, checkDenseInputGradient, checkDenseWeightGradient } from './checks/dense.ts';
import { checkDropout } from './checks/dropout.ts';
import {
  checkElementwiseLoss,
  checkElementwiseMetric,
  elementwiseLosses,
  elementwiseMetrics,
} from './checks/elementwise.ts';
import {
  checkConcat,
  checkConcatGradient,
  checkProduct,
  checkProductGradient,
  checkSum,
  checkSumGradients,
} from './checks/merge.ts';
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
  checkMaxPool2dWithWinners,
} from './checks/pooling.ts';
import {
  checkNorm,
  checkNormInputGradient,
  checkNormScaleGradient,
  groupNorm,
  normOverChannels,
} from './checks/sample-norm.ts';
import {
  checkAdaptiveAvgPool2d,
  checkAdaptiveAvgPool2dInputGradient,
  checkConv2dTranspose,
  checkConv2dTransposeInputGradient,
  checkCropping2d,
  checkCropping2dInputGradient,
  checkUpsampleBilinear2d,
  checkUpsampleBilinear2dInputGradient,
  checkUpsampleNearest2d,
  checkUpsampleNearest2dInputGradient,
  checkZeroPad2d,
  checkZeroPad2dInputGradient,
  probe,
} from './checks/spatial.ts';
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
import { ELEMENTARY, expectNoSurvivors } from './mutants.ts';

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
const unpadded: AvgPool2dShape = { ...apart, padTop: 0 };
const overlapping: AvgPool2dShape = { ...apart, kernelHeight: 3, strideX: 1, padLeft: 1 };
const planes = { channels: 5, area: 3 };
/** Summed in several runs, the last of them short and odd. */
const longPlanes = { channels: 2, area: 261 };
const groups = { channels: 6, area: 131, groups: 2, epsilon: 0.1 };
const features = { channels: 261, area: 1, groups: 1, epsilon: 0.1 };
const pixels = { channels: 7, area: 5, groups: 1, epsilon: 0.1 };
const allUsed = { useScale: true, useOffset: true };
/** One of the draws, 7999748 / 2^24, is so little below the rate that it is kept if its lowest bits are wrong. */
const drop = { cells: 20, rate: 7_999_749 / 2 ** 24, layerKey: 0xfedcba98 };
/** The last windows reach beyond the padding that counts. */
const ceiled: AvgPool2dShape = {
  ...overlapping,
  countPadding: true,
  padBottom: 1,
  overhangBottom: 1,
  overhangRight: 0,
};
const bins = { channels: 2, height: 5, width: 7, rows: 3, columns: 4 };
const magnified = { channels: 5, height: 3, width: 2, scaleY: 2, scaleX: 3 };
const framed = { channels: 2, height: 3, width: 2, top: 1, left: 2, bottom: 0, right: 1 };
const factors: ProductShape = { ...planes, factors: ['plane', 'channel', 'plane'] };
/** Has a row of tiles at the border and one inside. No tile reaches past the output, and all lanes of weights count. */
const tiled: Conv2dShape = {
  ...convolution,
  inChannels: 8,
  outChannels: 5,
  groups: 1,
  height: 9,
  width: 5,
  kernelHeight: 3,
  kernelWidth: 5,
  strideY: 1,
  strideX: 1,
  padTop: 1,
  padLeft: 1,
  padBottom: 0,
  padRight: 2,
  dilationY: 1,
  dilationX: 1,
};
/** The same for its gradient. */
const tiledGradient: Conv2dShape = { ...tiled, inChannels: 3, outChannels: 8, height: 8, padBottom: 1 };
/** Has bands of two sizes. */
const mixing: Conv2dShape = {
  ...tiled,
  inChannels: 6,
  outChannels: 7,
  kernelHeight: 1,
  kernelWidth: 1,
  padTop: 0,
  padLeft: 0,
  padBottom: 0,
  padRight: 0,
};
/** Weights of a row are summed in two parts, one of them in halves. */
const separate: Conv2dShape = {
  ...convolution,
  inChannels: 2,
  outChannels: 4,
  groups: 2,
  height: 4,
  width: 17,
  kernelHeight: 2,
  kernelWidth: 7,
  strideY: 2,
  strideX: 1,
  padLeft: 3,
  padRight: 3,
};
/** Has tiles of two sizes, at both edges and in between. */
const strided: Conv2dShape = { ...separate, kernelWidth: 3, strideX: 2, padLeft: 1, padRight: 1 };
const dense = { inFeatures: 22, outFeatures: 7 };

/** Of units for an update, of chunks for the sum of the gradients. */
const slice: Slice = { first: 1, length: 2, behind: 1, shards: 3, gap: 1 };
// Everything counts: nothing is so small, or so near to 1, that its loss would go unnoticed.
const sgd = sgdStep({ learningRate: 0.3, momentum: 0.8, weightDecay: 0.2, nesterov: true });
const adam = { learningRate: 0.3, beta1: 0.7, beta2: 0.6, epsilon: 0.2, weightDecay: 0.2 };
const adamW = (settings: typeof adam) => adamStep({ ...settings, decoupled: true }, 2);
const rmsprop = rmspropStep({ learningRate: 0.3, rho: 0.6, epsilon: 0.2, momentum: 0.8, weightDecay: 0.2 });
const reduction = { chunkUnits: 2, missing: 0 };

const labelled: CrossEntropyShape = {
  targets: 'labels',
  ...{ classes: 4, positions: 3, ignoreLabel: 2, classWeights: [2, 2, 2, 2] },
};
const distributed: CrossEntropyShape = {
  targets: 'oneHot',
  ...{ classes: 4, positions: 3, classWeights: [0.5, 2, 2, 3] },
};
/** One set of scores is too few for all comparisons to matter. */
function forSeeds(check: (seed: number) => void): void {
  for (let seed = 1; seed <= 4; seed++) check(seed);
}

type Check = readonly [name: string, check: (change: Change) => void, harmless?: number];

const checks: readonly Check[] = [
  ['conv2d', (change) => direct.forward(convolution, 1, true, false, change)],
  ['conv2dInputGradient', (change) => direct.inputGradient(convolution, 1, false, change)],
  ['conv2dDepthwise', (change) => depthwise.forward(strided, 1, true, false, change)],
  ['conv2dDepthwiseInputGradient', (change) => depthwise.inputGradient(strided, 1, true, change)],
  ['conv2dDepthwiseWeightGradient', (change) => depthwise.weightGradient(separate, 1, true, change)],
  ['conv2dPointwise', (change) => pointwise.forward(mixing, 1, true, false, change)],
  ['conv2dPointwiseInputGradient', (change) => pointwise.inputGradient(mixing, 1, true, change)],
  ['conv2dWinograd', (change) => winograd.forward(tiled, 1, true, false, change)],
  // Of a row of tiles at the upper edge, the first row is computed and lies beside the plane.
  ['conv2dWinogradInputGradient', (change) => winograd.inputGradient(tiledGradient, 1, false, change), 2],
  ['conv2dWinogradWeightGradient', (change) => winograd.weightGradient(tiled, 1, true, change)],
  ['conv2dWeightGradient', (change) => direct.weightGradient(convolution, 1, true, change)],
  ['maxPool2d', (change) => checkMaxPool2d(overlapping, 1, change)],
  ['maxPool2dWithIndices', (change) => checkMaxPool2dWithWinners(overlapping, 1, change)],
  ['maxPool2d without padding', (change) => checkMaxPool2d(unpadded, 1, change)],
  ['maxPool2dWithIndices without padding', (change) => checkMaxPool2dWithWinners(unpadded, 1, change)],
  ['maxPool2dInputGradient of windows apart', (change) => checkMaxPool2dInputGradient(apart, 1, change)],
  ['maxPool2dInputGradient of overlapping windows', (change) => checkMaxPool2dInputGradient(overlapping, 1, change)],
  ['avgPool2d', (change) => checkAvgPool2d(overlapping, 1, change)],
  ['avgPool2dInputGradient of windows apart', (change) => checkAvgPool2dInputGradient(apart, 1, change)],
  ['avgPool2dInputGradient of overlapping windows', (change) => checkAvgPool2dInputGradient(overlapping, 1, change)],
  ['avgPool2d with an overhang', (change) => checkAvgPool2d(ceiled, 1, change)],
  ['avgPool2dInputGradient with an overhang', (change) => checkAvgPool2dInputGradient(ceiled, 1, change)],
  ['maxPool2d with dilation', (change) => checkMaxPool2d({ ...overlapping, height: 9, dilationY: 2 }, 1, change)],
  ['adaptiveAvgPool2d', (change) => checkAdaptiveAvgPool2d(bins, 1, identity, change)],
  ['adaptiveAvgPool2dInputGradient', (change) => checkAdaptiveAvgPool2dInputGradient(bins, 1, probe, change)],
  ['conv2dTranspose', (change) => checkConv2dTranspose(convolution, 1, true, change)],
  ['conv2dTransposeInputGradient', (change) => checkConv2dTransposeInputGradient(convolution, 1, change)],
  ['upsampleNearest2d', (change) => checkUpsampleNearest2d(magnified, 1, probe, change)],
  ['upsampleNearest2dInputGradient', (change) => checkUpsampleNearest2dInputGradient(magnified, 1, probe, change)],
  ...[false, true].flatMap((alignCorners): [string, (change: Change) => void][] => {
    const shape = { ...magnified, alignCorners };
    return [
      [`upsampleBilinear2d, ${alignCorners}`, (change) => checkUpsampleBilinear2d(shape, 1, probe, change)],
      [
        `upsampleBilinear2dInputGradient, ${alignCorners}`,
        (change) => checkUpsampleBilinear2dInputGradient(shape, 1, probe, change),
      ],
    ];
  }),
  ['zeroPad2d', (change) => checkZeroPad2d(framed, 1, probe, change)],
  ['zeroPad2dInputGradient', (change) => checkZeroPad2dInputGradient(framed, 1, probe, change)],
  ['crop2d', (change) => checkCropping2d(framed, 1, probe, change)],
  ['crop2dInputGradient', (change) => checkCropping2dInputGradient(framed, 1, probe, change)],
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
  ['blockMoments', (change) => checkBlockMoments(longPlanes, 1, change)],
  ['combineMoments', (change) => checkCombineMoments(11, 4, 1, change)],
  ['normalize', (change) => checkNormalize(longPlanes, 1, allUsed, change)],
  ['blockGradientSums', (change) => checkBlockGradientSums(longPlanes, 1, change)],
  ['combineSums', (change) => checkCombineSums(11, 3, 1, change)],
  ['normalizeGradient', (change) => checkNormalizeGradient(longPlanes, 1, true, change)],
  ['groupNorm', (change) => checkNorm(groupNorm, groups, 1, allUsed, change)],
  ['groupNorm of features', (change) => checkNorm(groupNorm, features, 1, allUsed, change)],
  ['groupNormScaleGradient', (change) => checkNormScaleGradient(groupNorm, groups, 1, true, change)],
  ['groupNormInputGradient', (change) => checkNormInputGradient(groupNorm, groups, 1, true, change)],
  ['groupNormInputGradient of features', (change) => checkNormInputGradient(groupNorm, features, 1, true, change)],
  ['normOverChannels', (change) => checkNorm(normOverChannels, pixels, 1, allUsed, change)],
  ['normOverChannelsScaleGradient', (change) => checkNormScaleGradient(normOverChannels, pixels, 1, true, change)],
  ['normOverChannelsInputGradient', (change) => checkNormInputGradient(normOverChannels, pixels, 1, true, change)],
  ['dropout', (change) => checkDropout(drop, 1, change)],
  ['dropout of channels', (change) => checkDropout({ ...drop, cells: 60, channels: 20 }, 1, change)],
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

const scores: readonly Check[] = [
  ...[labelled, distributed].flatMap((shape): Check[] => [
    [
      `softmaxCrossEntropy of ${shape.targets}`,
      (change) => {
        checkSoftmaxCrossEntropy(shape, 1, { scale: 4 }, change);
        checkSoftmaxCrossEntropy(shape, 1, { far: true }, change);
      },
    ],
    [`accuracy of ${shape.targets}`, (change) => forSeeds((seed) => checkAccuracy(shape, seed, change))],
    [
      `topKAccuracy of ${shape.targets}`,
      (change) => forSeeds((seed) => checkTopKAccuracy({ ...shape, k: 2 }, seed, change)),
    ],
  ]),
  ...Object.entries(elementwiseLosses)
    .filter(([name]) => !name.includes('large'))
    .map(([name, loss]): Check => [name, (change) => checkElementwiseLoss(loss, 5, 1, change)]),
  ...Object.entries(elementwiseMetrics).map(
    ([name, metric]): Check => [name, (change) => forSeeds((seed) => checkElementwiseMetric(metric, 5, seed, change))],
  ),
];

for (const [name, check, harmless] of checks) test(name, () => expectNoSurvivors(check, undefined, harmless));
for (const [name, check] of scores) test(name, () => expectNoSurvivors(check, ELEMENTARY));

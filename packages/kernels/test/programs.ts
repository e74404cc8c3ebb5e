// Kernels of every family, with arguments.
import * as kernels from '../src/index.ts';
import { type Argument, SAMPLES, values } from './harness.ts';

const { relu, sigmoid, tanh } = kernels;

const convolution: kernels.Conv2dShape = {
  inChannels: 6,
  outChannels: 10,
  groups: 2,
  height: 4,
  width: 5,
  kernelHeight: 3,
  kernelWidth: 2,
  strideY: 2,
  strideX: 1,
  padTop: 1,
  padLeft: 0,
  padBottom: 2,
  padRight: 1,
  dilationY: 1,
  dilationX: 2,
};
const winograd: kernels.Conv2dShape = {
  ...convolution,
  inChannels: 3,
  outChannels: 5,
  groups: 1,
  kernelWidth: 3,
  strideY: 1,
  padTop: 1,
  padLeft: 1,
  padBottom: 1,
  dilationX: 1,
};
const pointwise: kernels.Conv2dShape = {
  ...winograd,
  kernelHeight: 1,
  kernelWidth: 1,
  padTop: 0,
  padLeft: 0,
  padBottom: 0,
  padRight: 0,
  strideY: 1,
};
const depthwise: kernels.Conv2dShape = { ...convolution, outChannels: 12, groups: 6, width: 9 };
const depthwiseOutput = () => cells(12, kernels.outputHeight(depthwise), kernels.outputWidth(depthwise));
const pointwiseScratch = new Uint8Array(4 * kernels.pointwiseScratchFloats(pointwise));
const winogradScratch = (scratchFloats: (shape: kernels.Conv2dShape) => number) =>
  new Uint8Array(4 * scratchFloats(winograd));
const pool: kernels.AvgPool2dShape = { ...convolution, channels: 2, padLeft: 1, countPadding: false };
const disjoint: kernels.AvgPool2dShape = { ...pool, strideY: 3, strideX: 3 };
const dense: kernels.DenseShape = { inFeatures: 11, outFeatures: 6 };
const classes: kernels.ClassificationShape = { classes: 5 };
const pixels: kernels.CrossEntropyShape = {
  classes: 5,
  positions: 4,
  labelSmoothing: 0.2,
  classWeights: [2, 2, 1, 1, 3],
};
const labelled: kernels.CrossEntropyShape = { ...pixels, ignoreLabel: 5 };
const distributed: kernels.CrossEntropyShape = { ...pixels, targets: 'oneHot' };

const factors: kernels.ProductShape = { channels: 5, area: 3, factors: ['plane', 'channel', 'plane'] };
const planar: kernels.PlanesShape = { channels: 5, area: 3 };
const bins: kernels.AdaptivePool2dShape = { channels: 2, height: 4, width: 5, rows: 3, columns: 2 };
const magnified = { channels: 5, height: 2, width: 3, scaleY: 2, scaleX: 3 };
const framed: kernels.Frame2dShape = { channels: 2, height: 2, width: 3, top: 1, left: 2, bottom: 0, right: 1 };

let purpose = 0;
const floats = (length: number) => new Float32Array(values(length, 1, purpose++));
const cells = (...dimensions: readonly number[]) => floats(dimensions.reduce((a, b) => a * b, SAMPLES));

const planes = (shape: kernels.SlidingWindow, channels: number) => cells(channels, shape.height, shape.width);
const convolved = cells(10, kernels.outputHeight(convolution), kernels.outputWidth(convolution));
const pooled = (shape: kernels.Pool2dShape) =>
  cells(shape.channels, kernels.outputHeight(shape), kernels.outputWidth(shape));
const kernelWeights = floats(10 * 3 * 3 * 2);
const labels = Float32Array.of(0, 1, 2, 3, 4, 0, 1, 2);
const masked = Float32Array.of(0.5, 0, 1, 1, 1, 0, 1, 0.25);
const planesShape: kernels.PlanesShape = { channels: 3, area: 133 };
const groupShape: kernels.GroupNormShape = { channels: 6, area: 5, groups: 2, epsilon: 1e-5 };
const grouped = () => cells(6, 5);
const gatherShape = { channels: 2, area: 3, scale: [0.3, 1], offset: [-0.1, 0] };
const bytes = Uint8Array.from({ length: SAMPLES * 6 }, (_, i) => i * 5);

const updated: kernels.UpdateShape = { parameters: 48, shardStride: 64 };
const optimizers: readonly (readonly [kernels.UpdateRule, readonly number[]])[] = [
  [kernels.adamRule(false), [0.1, 0.9, 0.1, 0.01, 1.2, 1e-8, 0.1]],
  [kernels.adamRule(true), [0.1, 0.9, 0.1, 0.01, 1.2, 1e-8, 0.001]],
  [kernels.rmspropRule(), [0.01, 0.99, 0.01, 1e-8, 0.9, 0.1]],
  [kernels.averaged(kernels.scaled(kernels.clippedByValue(kernels.sgdRule(false), 0.5))), [0.7, 0.1, 0.9, 0.01, 0.1]],
];

export const programs: readonly (readonly [kernels.Kernel, readonly Argument[]])[] = [
  [kernels.conv2d(convolution, { activation: relu }), [planes(convolution, 6), kernelWeights, floats(10), convolved]],
  [
    kernels.conv2dInputGradient(convolution, tanh),
    [convolved, kernelWeights, planes(convolution, 6), planes(convolution, 6)],
  ],
  [
    kernels.conv2dWeightGradient(convolution, true),
    [planes(convolution, 6), convolved, new Uint8Array(4 * kernels.CONV2D_SCRATCH_FLOATS), kernelWeights],
  ],
  [
    kernels.conv2dDepthwise(depthwise, { activation: relu }),
    [planes(depthwise, 6), floats(12 * 3 * 2), floats(12), depthwiseOutput()],
  ],
  [
    kernels.conv2dDepthwiseInputGradient(depthwise, tanh),
    [depthwiseOutput(), floats(12 * 3 * 2), planes(depthwise, 6), planes(depthwise, 6)],
  ],
  [
    kernels.conv2dDepthwiseWeightGradient(depthwise, true),
    [planes(depthwise, 6), depthwiseOutput(), new Uint8Array(4 * kernels.DEPTHWISE_SCRATCH_FLOATS), floats(12 * 3 * 2)],
  ],
  [
    kernels.conv2dPointwise(pointwise, { activation: relu }),
    [planes(pointwise, 3), floats(5 * 3), floats(5), pointwiseScratch, planes(pointwise, 5)],
  ],
  [
    kernels.conv2dPointwiseInputGradient(pointwise, relu),
    [planes(pointwise, 5), floats(5 * 3), planes(pointwise, 3), pointwiseScratch, planes(pointwise, 3)],
  ],
  [
    kernels.conv2dWinograd(winograd, { activation: relu }),
    [
      planes(winograd, 3),
      floats(5 * 3 * 9),
      floats(5),
      winogradScratch(kernels.winogradScratchFloats),
      planes(winograd, 5),
    ],
  ],
  [
    kernels.conv2dWinogradInputGradient(winograd, relu),
    [
      planes(winograd, 5),
      floats(5 * 3 * 9),
      planes(winograd, 3),
      winogradScratch(kernels.winogradGradientScratchFloats),
      planes(winograd, 3),
    ],
  ],
  [
    kernels.conv2dWinogradWeightGradient(winograd, true),
    [
      planes(winograd, 3),
      planes(winograd, 5),
      winogradScratch(kernels.winogradWeightGradientScratchFloats),
      floats(5 * 3 * 9),
    ],
  ],
  [kernels.channelSums(5, 7, true), [cells(5, 7), floats(5)]],
  [kernels.blockMoments(planesShape), [cells(3, 133), masked, cells(2), floats(kernels.partialMomentsFloats(3))]],
  [
    kernels.combineMoments({ channels: 11, epsilon: 0.1 }),
    [floats(3 * kernels.partialMomentsFloats(11)).map(Math.abs), 3, floats(kernels.momentsFloats(11))],
  ],
  [
    kernels.normalize(planesShape, { activation: sigmoid }),
    [cells(3, 133), floats(10), floats(3), floats(3), cells(3, 133)],
  ],
  [
    kernels.blockGradientSums(planesShape),
    [cells(3, 133), cells(3, 133), floats(10), masked, cells(2), floats(kernels.gradientSumsFloats(3))],
  ],
  [kernels.combineSums({ channels: 11 }), [floats(66), 3, floats(22)]],
  [
    kernels.normalizeGradient(planesShape, { activation: relu }),
    [cells(3, 133), cells(3, 133), floats(10), floats(6), floats(3), masked, cells(3, 133)],
  ],
  [
    kernels.groupNorm(groupShape, { activation: tanh }),
    [grouped(), floats(6), floats(6), floats(kernels.groupNormSavedFloats(groupShape)), grouped()],
  ],
  [kernels.groupNormScaleGradient(groupShape, true), [grouped(), grouped(), cells(2, 2), floats(6)]],
  [
    kernels.groupNormInputGradient(groupShape, { activation: relu }),
    [grouped(), grouped(), floats(6), cells(2, 2), grouped()],
  ],
  [
    kernels.normOverChannels(groupShape, { activation: tanh }),
    [grouped(), floats(6), floats(6), floats(kernels.normOverChannelsSavedFloats(groupShape)), grouped()],
  ],
  [kernels.normOverChannelsScaleGradient(groupShape, true), [grouped(), grouped(), cells(4, 5), floats(6)]],
  [
    kernels.normOverChannelsInputGradient(groupShape, { activation: relu }),
    [grouped(), grouped(), floats(6), cells(4, 5), grouped()],
  ],
  ...[{}, { channels: 3 }].map((planes): [kernels.Kernel, Argument[]] => {
    const shape = { cells: 12, rate: 0.4, layerKey: 0xfedcba98, ...planes };
    return [kernels.dropout(shape), [cells(12), Uint32Array.of(0, 1, 2, 3, 2 ** 31, 5, 6, 0xffffffff), cells(12)]];
  }),
  [kernels.maxPool2d(pool), [planes(pool, 2), pooled(pool)]],
  [kernels.maxPool2dWithIndices(pool), [planes(pool, 2), pooled(pool), pooled(pool)]],
  ...[pool, disjoint].flatMap((shape): [kernels.Kernel, Argument[]][] => [
    [
      kernels.maxPool2dInputGradient(shape, relu),
      [pooled(shape).map((_, i) => i % 6), pooled(shape), pooled(shape), planes(shape, 2)],
    ],
    [kernels.avgPool2dInputGradient(shape, sigmoid), [pooled(shape), planes(shape, 2), planes(shape, 2)]],
  ]),
  [kernels.avgPool2d(pool), [planes(pool, 2), pooled(pool)]],
  [kernels.avgPool2d({ ...pool, countPadding: true, overhangBottom: 1 }), [planes(pool, 2), pooled(pool)]],
  [kernels.adaptiveAvgPool2d(bins), [cells(2, 4, 5), cells(2, 3, 2)]],
  [kernels.adaptiveAvgPool2dInputGradient(bins, relu), [cells(2, 3, 2), cells(2, 4, 5), cells(2, 4, 5)]],
  [
    kernels.conv2dTranspose(convolution, { activation: tanh }),
    [convolved, kernelWeights, floats(6), planes(convolution, 6)],
  ],
  [
    kernels.conv2dTransposeInputGradient(convolution, relu),
    [planes(convolution, 6), kernelWeights, convolved, convolved],
  ],
  [kernels.upsampleNearest2d(magnified, tanh), [cells(5, 2, 3), cells(5, 4, 9)]],
  [kernels.upsampleNearest2dInputGradient(magnified, relu), [cells(5, 4, 9), cells(5, 2, 3), cells(5, 2, 3)]],
  ...[false, true].flatMap((alignCorners): [kernels.Kernel, Argument[]][] => [
    [kernels.upsampleBilinear2d({ ...magnified, alignCorners }, tanh), [cells(5, 2, 3), cells(5, 4, 9)]],
    [
      kernels.upsampleBilinear2dInputGradient({ ...magnified, alignCorners }, relu),
      [cells(5, 4, 9), cells(5, 2, 3), cells(5, 2, 3)],
    ],
  ]),
  [kernels.zeroPad2d(framed, sigmoid), [cells(2, 2, 3), cells(2, 3, 6)]],
  [kernels.zeroPad2dInputGradient(framed, relu), [cells(2, 3, 6), cells(2, 2, 3), cells(2, 2, 3)]],
  [kernels.crop2d(framed, sigmoid), [cells(2, 3, 6), cells(2, 2, 3)]],
  [kernels.crop2dInputGradient(framed, relu), [cells(2, 2, 3), cells(2, 3, 6), cells(2, 3, 6)]],
  [kernels.dense(dense, { activation: sigmoid }), [cells(11), floats(66), floats(6), cells(6)]],
  [kernels.denseInputGradient(dense, tanh), [cells(6), floats(66), cells(11), cells(11)]],
  [
    kernels.denseWeightGradient(dense, true),
    [cells(11), cells(6), floats(kernels.denseScratchFloats(dense)), floats(66)],
  ],
  [kernels.pointwise(7, tanh), [cells(7), cells(7)]],
  [kernels.pointwiseGradient(7, sigmoid), [cells(7), cells(7), cells(7)]],
  ...[kernels.relu6, kernels.leakyRelu(0.1), kernels.elu(0.5), kernels.hardSigmoid, kernels.softplus(2)].flatMap(
    (activation): [kernels.Kernel, Argument[]][] => [
      [kernels.pointwise(7, activation), [cells(7), cells(7)]],
      [kernels.pointwiseGradient(7, activation), [cells(7), cells(7), cells(7)]],
    ],
  ),
  ...[kernels.gelu, kernels.geluTanh, kernels.silu, kernels.hardSwish].flatMap(
    (activation): [kernels.Kernel, Argument[]][] => [
      [kernels.pointwise(7, activation), [cells(7), cells(7)]],
      [kernels.pointwiseInputGradient(7, activation), [cells(7), cells(7), cells(7)]],
    ],
  ),
  [kernels.prelu(planar), [cells(5, 3), floats(5), cells(5, 3)]],
  [kernels.preluInputGradient(planar), [cells(5, 3), floats(5), cells(5, 3), cells(5, 3)]],
  [kernels.preluSlopeGradient(planar, true), [cells(5, 3), cells(5, 3), floats(5)]],
  [kernels.sum(7, 3, tanh), [cells(7), cells(7), cells(7), cells(7)]],
  [kernels.sumGradients(7, 2, sigmoid), [cells(7), cells(7), cells(7), cells(7)]],
  [kernels.product(factors, tanh), [cells(5, 3), cells(5), cells(5, 3), cells(5, 3)]],
  [kernels.productGradient(factors, 0), [cells(5, 3), cells(5), cells(5, 3), cells(5, 3)]],
  [kernels.productGradient(factors, 1), [cells(5, 3), cells(5, 3), cells(5, 3), cells(5)]],
  [kernels.concat([2, 5], tanh), [cells(2), cells(5), cells(7)]],
  [kernels.concatGradient([2, 4, 1], [true, false, true]), [cells(7), cells(2), cells(1)]],
  [kernels.softmax(planar), [cells(5, 3), cells(5, 3)]],
  [kernels.softmaxInputGradient(planar), [cells(5, 3), cells(5, 3), cells(5, 3)]],
  [kernels.softmaxCrossEntropy(classes), [cells(5), labels, masked, cells(5), floats(1)]],
  [kernels.meanSquaredError({ elements: 5, reduction: 'mean' }), [cells(5), cells(5), masked, cells(5), floats(1)]],
  ...[labelled, distributed].flatMap((shape): [kernels.Kernel, Argument[]][] => {
    const targets = shape === labelled ? cells(4).map((_, i) => i % 6) : cells(5, 4);
    return [
      [kernels.softmaxCrossEntropy(shape), [cells(5, 4), targets, masked, cells(5, 4), floats(1)]],
      [kernels.accuracy(shape), [cells(5, 4), targets, masked, floats(1)]],
      [kernels.topKAccuracy({ ...shape, k: 2 }), [cells(5, 4), targets, masked, floats(1)]],
    ];
  }),
  [kernels.meanAbsoluteError({ elements: 5 }), [cells(5), cells(5), masked, cells(5), floats(1)]],
  [kernels.huber({ elements: 5, delta: 0.4 }), [cells(5), cells(5), masked, cells(5), floats(1)]],
  [
    kernels.sigmoidBinaryCrossEntropy({ elements: 5, labelSmoothing: 0.1, positiveWeight: 3 }),
    [cells(5), cells(5), masked, cells(5), floats(1)],
  ],
  [kernels.absoluteError({ elements: 5 }), [cells(5), cells(5), masked, floats(1)]],
  [kernels.binaryAccuracy({ elements: 5, threshold: 0.3 }), [cells(5), cells(5), masked, floats(1)]],
  [kernels.accuracy(classes), [cells(5), labels, masked, floats(1)]],
  [kernels.topKAccuracy({ ...classes, k: 3 }), [cells(5), labels, masked, floats(1)]],
  [kernels.gather({ ...gatherShape, source: 'u8' }), [bytes, cells(6)]],
  [kernels.gather({ ...gatherShape, source: 'f32' }), [cells(6), cells(6)]],
  [kernels.scatter(7), [cells(7), cells(7)]],
  [
    kernels.sgd({ parameters: 48, shardStride: 64, nesterov: true }),
    [floats(48), floats(48), floats(192), floats(48), floats(48), 1, 3, 3, 0.1, 0.9, 0.01],
  ],
  ...optimizers.map(([rule, numbers]): readonly [kernels.Kernel, readonly Argument[]] => {
    const arrays = [floats(48), ...Object.keys(rule.slots).map(() => floats(48).map(Math.abs))];
    return [kernels.updateKernel(rule, updated), [...arrays, floats(192), ...arrays, 1, 3, 3, ...numbers]];
  }),
  [kernels.reduceGradients({ ...updated, chunkUnits: 2, clipValue: 0.5 }), [floats(192), floats(2), 0, 2, 3]],
];

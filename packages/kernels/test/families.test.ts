// Every kernel family: the WebAssembly has the bits that the tree prescribes, −0 included.
import { test } from 'vitest';
import * as kernels from '../src/index.ts';
import { type Argument, expectSameBits, run, SAMPLES, values } from './harness.ts';
import { interpret } from './interpreter.ts';

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
const pool: kernels.AvgPool2dShape = { ...convolution, channels: 2, padLeft: 1, countPadding: false };
const disjoint: kernels.AvgPool2dShape = { ...pool, strideY: 3, strideX: 3 };
const dense: kernels.DenseShape = { inFeatures: 11, outFeatures: 6 };
const classes: kernels.ClassificationShape = { classes: 5 };

const factors: kernels.ProductShape = { channels: 5, area: 3, factors: ['plane', 'channel', 'plane'] };
const planar: kernels.PlanesShape = { channels: 5, area: 3 };

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
const gatherShape = { channels: 2, area: 3, scale: [0.3, 1], offset: [-0.1, 0] };
const bytes = Uint8Array.from({ length: SAMPLES * 6 }, (_, i) => i * 5);

const updated: kernels.UpdateShape = { parameters: 48, shardStride: 64 };
const optimizers: readonly (readonly [kernels.UpdateRule, readonly number[]])[] = [
  [kernels.adamRule(false), [0.1, 0.9, 0.1, 0.01, 1.2, 1e-8, 0.1]],
  [kernels.adamRule(true), [0.1, 0.9, 0.1, 0.01, 1.2, 1e-8, 0.001]],
  [kernels.rmspropRule(), [0.01, 0.99, 0.01, 1e-8, 0.9, 0.1]],
  [kernels.averaged(kernels.scaled(kernels.clippedByValue(kernels.sgdRule(false), 0.5))), [0.7, 0.1, 0.9, 0.01, 0.1]],
];

const programs: readonly (readonly [kernels.Kernel, readonly Argument[]])[] = [
  [kernels.conv2d(convolution, { activation: relu }), [planes(convolution, 6), kernelWeights, floats(10), convolved]],
  [
    kernels.conv2dInputGradient(convolution, tanh),
    [convolved, kernelWeights, planes(convolution, 6), planes(convolution, 6)],
  ],
  [kernels.conv2dKernelGradient(convolution, true), [planes(convolution, 6), convolved, kernelWeights]],
  [kernels.channelSums(5, 7, true), [cells(5, 7), floats(5)]],
  [kernels.maxPool2d(pool), [planes(pool, 2), pooled(pool)]],
  ...[pool, disjoint].flatMap((shape): [kernels.Kernel, Argument[]][] => [
    [kernels.maxPool2dInputGradient(shape, relu), [planes(shape, 2), pooled(shape), pooled(shape), planes(shape, 2)]],
    [kernels.avgPool2dInputGradient(shape, sigmoid), [pooled(shape), planes(shape, 2), planes(shape, 2)]],
  ]),
  [kernels.avgPool2d(pool), [planes(pool, 2), pooled(pool)]],
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
  [kernels.meanSquaredError({ elements: 5, form: 'mean' }), [cells(5), cells(5), masked, cells(5), floats(1)]],
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

test.each(programs.map(([kernel, args]) => ({ name: kernel.name, kernel, args })))('$name', ({ kernel, args }) => {
  const actual = run(kernel, args);
  interpret(kernel, args).forEach((expected, i) => {
    expectSameBits(actual[i]!, expected);
  });
});

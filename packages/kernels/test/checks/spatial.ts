// Kernels that make planes larger or smaller against their twins.
import { type Activation, identity } from '../../src/families/activations/activation.ts';
import * as transposed from '../../src/families/convolution/conv2d-transpose.ts';
import * as adaptive from '../../src/families/pooling/adaptive-avg-pool2d.ts';
import * as frame from '../../src/families/resampling/frame2d.ts';
import * as bilinear from '../../src/families/resampling/upsample-bilinear2d.ts';
import * as nearest from '../../src/families/resampling/upsample-nearest2d.ts';
import { add, multiply } from '../../src/language/floats.ts';
import type { Kernel } from '../../src/language/kernel.ts';
import * as reference from '../../src/reference/index.ts';
import {
  type AdaptivePool2dShape,
  type Conv2dShape,
  type Frame2dShape,
  outputHeight,
  outputWidth,
  type UpsampleNearest2dShape,
} from '../../src/shapes.ts';
import { type Change, expectClose, fromCells, run, SAMPLES, toCells, unchanged, values } from '../harness.ts';

/** An activation without an operation whose loss would go unnoticed: y = x + ½, with y for a derivative. */
export const probe: Activation = {
  name: 'probe',
  forward: (_, x) => add(x, 0.5),
  backward: (_, outputGradient, y) => multiply(outputGradient, y),
};

export function checkConv2dTranspose(shape: Conv2dShape, seed: number, useBias: boolean, change = unchanged): void {
  const { x, w, b, dy } = transposedData(shape, seed);
  const kernel = change(transposed.conv2dTranspose(shape, { useBias }));
  const bias = useBias ? [new Float32Array(b)] : [];
  const y = run(kernel, [toCells(x), new Float32Array(w), ...bias, toCells(dy)]).at(-1)!;
  expectClose(fromCells(y), reference.conv2dTranspose(shape, SAMPLES, x, w, useBias ? b : undefined));
}

export function checkConv2dTransposeInputGradient(shape: Conv2dShape, seed: number, change = unchanged): void {
  const { x, w, dy } = transposedData(shape, seed);
  const kernel = change(transposed.conv2dTransposeInputGradient(shape));
  const dx = run(kernel, [toCells(dy), new Float32Array(w), toCells(x), toCells(x)]).at(-1)!;
  expectClose(fromCells(dx), reference.conv2dTransposeInputGradient(shape, SAMPLES, w, dy));
}

function transposedData(shape: Conv2dShape, seed: number) {
  const { inChannels, outChannels, groups, height, width, kernelHeight, kernelWidth } = shape;
  return {
    x: values(SAMPLES * outChannels * outputHeight(shape) * outputWidth(shape), seed, 1),
    w: values(outChannels * (inChannels / groups) * kernelHeight * kernelWidth, seed, 2),
    b: values(inChannels, seed, 3),
    dy: values(SAMPLES * inChannels * height * width, seed, 4),
  };
}

const adaptiveSizes = ({ channels, height, width, rows, columns }: AdaptivePool2dShape): Sizes => ({
  x: channels * height * width,
  y: channels * rows * columns,
});

const upsampleSizes = ({ channels, height, width, scaleY, scaleX }: UpsampleNearest2dShape): Sizes => ({
  x: channels * height * width,
  y: channels * height * scaleY * width * scaleX,
});

const paddingSizes = ({ channels, height, width, top, left, bottom, right }: Frame2dShape): Sizes => ({
  x: channels * height * width,
  y: channels * (top + height + bottom) * (left + width + right),
});

const croppingSizes = (shape: Frame2dShape): Sizes => {
  const { x, y } = paddingSizes(shape);
  return { x: y, y: x };
};

export const checkAdaptiveAvgPool2d = forwardCheck(
  adaptive.adaptiveAvgPool2d,
  reference.adaptiveAvgPool2d,
  adaptiveSizes,
);
export const checkAdaptiveAvgPool2dInputGradient = inputGradientCheck(
  adaptive.adaptiveAvgPool2dInputGradient,
  reference.adaptiveAvgPool2dInputGradient,
  adaptiveSizes,
);
export const checkUpsampleNearest2d = forwardCheck(
  nearest.upsampleNearest2d,
  reference.upsampleNearest2d,
  upsampleSizes,
);
export const checkUpsampleNearest2dInputGradient = inputGradientCheck(
  nearest.upsampleNearest2dInputGradient,
  reference.upsampleNearest2dInputGradient,
  upsampleSizes,
);
export const checkUpsampleBilinear2d = forwardCheck(
  bilinear.upsampleBilinear2d,
  reference.upsampleBilinear2d,
  upsampleSizes,
);
export const checkUpsampleBilinear2dInputGradient = inputGradientCheck(
  bilinear.upsampleBilinear2dInputGradient,
  reference.upsampleBilinear2dInputGradient,
  upsampleSizes,
);
export const checkZeroPad2d = forwardCheck(frame.zeroPad2d, reference.zeroPad2d, paddingSizes);
export const checkZeroPad2dInputGradient = inputGradientCheck(
  frame.zeroPad2dInputGradient,
  reference.crop2d,
  paddingSizes,
);
export const checkCropping2d = forwardCheck(frame.crop2d, reference.crop2d, croppingSizes);
export const checkCropping2dInputGradient = inputGradientCheck(
  frame.crop2dInputGradient,
  reference.zeroPad2d,
  croppingSizes,
);

/** Numbers of one sample. */
interface Sizes {
  readonly x: number;
  readonly y: number;
}

type MakeKernel<S> = (shape: S, activation: Activation) => Kernel;
type Twin<S> = (shape: S, batch: number, values: Float64Array) => Float64Array;

/** The activation of a check is the identity or the probe. */
type Check<S> = (shape: S, seed: number, activation?: Activation, change?: Change) => void;

/** Of kernels with the arguments x and y. */
function forwardCheck<S>(makeKernel: MakeKernel<S>, twin: Twin<S>, sizesOf: (shape: S) => Sizes): Check<S> {
  return (shape, seed, activation = identity, change = unchanged) => {
    const sizes = sizesOf(shape);
    const x = values(SAMPLES * sizes.x, seed, 1);
    const before = values(SAMPLES * sizes.y, seed, 2);
    const y = run(change(makeKernel(shape, activation)), [toCells(x), toCells(before)]).at(-1)!;
    const sums = twin(shape, SAMPLES, x);
    expectClose(fromCells(y), activation === probe ? sums.map((sum) => sum + 0.5) : sums);
  };
}

/** Of kernels with the arguments dy, x and dx. */
function inputGradientCheck<S>(makeKernel: MakeKernel<S>, twin: Twin<S>, sizesOf: (shape: S) => Sizes): Check<S> {
  return (shape, seed, activation = identity, change = unchanged) => {
    const sizes = sizesOf(shape);
    const x = values(SAMPLES * sizes.x, seed, 1);
    const dy = values(SAMPLES * sizes.y, seed, 2);
    const before = toCells(values(SAMPLES * sizes.x, seed, 3));
    const dx = run(change(makeKernel(shape, activation)), [toCells(dy), toCells(x), before]).at(-1)!;
    const gradient = twin(shape, SAMPLES, dy);
    expectClose(fromCells(dx), activation === probe ? gradient.map((g, i) => g * x[i]!) : gradient);
  };
}

// Kernels that make planes larger or smaller against their twins.
import { type Activation, identity } from '../../src/families/activation.ts';
import * as adaptive from '../../src/families/adaptive-avg-pool2d.ts';
import * as transposed from '../../src/families/conv2d-transpose.ts';
import * as frame from '../../src/families/frame2d.ts';
import * as bilinear from '../../src/families/upsample-bilinear2d.ts';
import * as nearest from '../../src/families/upsample-nearest2d.ts';
import type { Kernel } from '../../src/language/statement.ts';
import { add, multiply } from '../../src/language/value.ts';
import * as reference from '../../src/reference/index.ts';
import {
  type AdaptivePool2dShape,
  type Conv2dShape,
  type Frame2dShape,
  outputHeight,
  outputWidth,
  type UpsampleBilinear2dShape,
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

export function checkAdaptiveAvgPool2d(shape: AdaptivePool2dShape, seed: number, change = unchanged): void {
  const sizes = adaptiveSizes(shape);
  const expected = (x: Float64Array) => reference.adaptiveAvgPool2d(shape, SAMPLES, x);
  checkForward(adaptive.adaptiveAvgPool2d(shape), sizes, seed, identity, expected, change);
}

export function checkAdaptiveAvgPool2dInputGradient(
  shape: AdaptivePool2dShape,
  seed: number,
  change = unchanged,
  activation: Activation = identity,
): void {
  const kernel = adaptive.adaptiveAvgPool2dInputGradient(shape, activation);
  const expected = (dy: Float64Array) => reference.adaptiveAvgPool2dInputGradient(shape, SAMPLES, dy);
  checkInputGradient(kernel, adaptiveSizes(shape), seed, activation, expected, change);
}

const adaptiveSizes = ({ channels, height, width, rows, columns }: AdaptivePool2dShape): Sizes => ({
  x: channels * height * width,
  y: channels * rows * columns,
});

export function checkUpsampleNearest2d(
  shape: UpsampleNearest2dShape,
  seed: number,
  activation: Activation = identity,
  change = unchanged,
): void {
  const expected = (x: Float64Array) => reference.upsampleNearest2d(shape, SAMPLES, x);
  checkForward(nearest.upsampleNearest2d(shape, activation), upsampleSizes(shape), seed, activation, expected, change);
}

export function checkUpsampleNearest2dInputGradient(
  shape: UpsampleNearest2dShape,
  seed: number,
  activation: Activation = identity,
  change = unchanged,
): void {
  const kernel = nearest.upsampleNearest2dInputGradient(shape, activation);
  const expected = (dy: Float64Array) => reference.upsampleNearest2dInputGradient(shape, SAMPLES, dy);
  checkInputGradient(kernel, upsampleSizes(shape), seed, activation, expected, change);
}

export function checkUpsampleBilinear2d(
  shape: UpsampleBilinear2dShape,
  seed: number,
  activation: Activation = identity,
  change = unchanged,
): void {
  const expected = (x: Float64Array) => reference.upsampleBilinear2d(shape, SAMPLES, x);
  const kernel = bilinear.upsampleBilinear2d(shape, activation);
  checkForward(kernel, upsampleSizes(shape), seed, activation, expected, change);
}

export function checkUpsampleBilinear2dInputGradient(
  shape: UpsampleBilinear2dShape,
  seed: number,
  activation: Activation = identity,
  change = unchanged,
): void {
  const kernel = bilinear.upsampleBilinear2dInputGradient(shape, activation);
  const expected = (dy: Float64Array) => reference.upsampleBilinear2dInputGradient(shape, SAMPLES, dy);
  checkInputGradient(kernel, upsampleSizes(shape), seed, activation, expected, change);
}

const upsampleSizes = ({ channels, height, width, scaleY, scaleX }: UpsampleNearest2dShape): Sizes => ({
  x: channels * height * width,
  y: channels * height * scaleY * width * scaleX,
});

export function checkZeroPad2d(
  shape: Frame2dShape,
  seed: number,
  activation: Activation = identity,
  change = unchanged,
): void {
  const { inner: x, outer: y } = frameSizes(shape);
  const expected = (values: Float64Array) => reference.zeroPad2d(shape, SAMPLES, values);
  checkForward(frame.zeroPad2d(shape, activation), { x, y }, seed, activation, expected, change);
}

export function checkZeroPad2dInputGradient(
  shape: Frame2dShape,
  seed: number,
  activation: Activation = identity,
  change = unchanged,
): void {
  const { inner: x, outer: y } = frameSizes(shape);
  const expected = (dy: Float64Array) => reference.cropping2d(shape, SAMPLES, dy);
  checkInputGradient(frame.zeroPad2dInputGradient(shape, activation), { x, y }, seed, activation, expected, change);
}

export function checkCropping2d(
  shape: Frame2dShape,
  seed: number,
  activation: Activation = identity,
  change = unchanged,
): void {
  const { inner: y, outer: x } = frameSizes(shape);
  const expected = (values: Float64Array) => reference.cropping2d(shape, SAMPLES, values);
  checkForward(frame.cropping2d(shape, activation), { x, y }, seed, activation, expected, change);
}

export function checkCropping2dInputGradient(
  shape: Frame2dShape,
  seed: number,
  activation: Activation = identity,
  change = unchanged,
): void {
  const { inner: y, outer: x } = frameSizes(shape);
  const expected = (dy: Float64Array) => reference.zeroPad2d(shape, SAMPLES, dy);
  checkInputGradient(frame.cropping2dInputGradient(shape, activation), { x, y }, seed, activation, expected, change);
}

function frameSizes({ channels, height, width, top, left, bottom, right }: Frame2dShape) {
  return { inner: channels * height * width, outer: channels * (top + height + bottom) * (left + width + right) };
}

/** Numbers of one sample. */
interface Sizes {
  readonly x: number;
  readonly y: number;
}

/** A kernel with the arguments x and y; the activation is the identity or the probe. */
function checkForward(
  kernel: Kernel,
  sizes: Sizes,
  seed: number,
  activation: Activation,
  expected: (x: Float64Array) => Float64Array,
  change: Change,
): void {
  const x = values(SAMPLES * sizes.x, seed, 1);
  const before = values(SAMPLES * sizes.y, seed, 2);
  const y = run(change(kernel), [toCells(x), toCells(before)]).at(-1)!;
  expectClose(fromCells(y), activation === probe ? expected(x).map((sum) => sum + 0.5) : expected(x));
}

/** A kernel with the arguments dy, x and dx; the activation is the identity or the probe. */
function checkInputGradient(
  kernel: Kernel,
  sizes: Sizes,
  seed: number,
  activation: Activation,
  expected: (dy: Float64Array) => Float64Array,
  change: Change,
): void {
  const x = values(SAMPLES * sizes.x, seed, 1);
  const dy = values(SAMPLES * sizes.y, seed, 2);
  const dx = run(change(kernel), [toCells(dy), toCells(x), toCells(values(x.length, seed, 3))]).at(-1)!;
  const gradient = expected(dy);
  expectClose(fromCells(dx), activation === probe ? gradient.map((g, i) => g * x[i]!) : gradient);
}

// Depthwise convolution against the twins of the direct form, and against its bits.
import { identity, relu } from '../../src/families/activation.ts';
import * as direct from '../../src/families/conv2d.ts';
import * as families from '../../src/families/conv2d-depthwise.ts';
import * as reference from '../../src/reference/index.ts';
import type { Conv2dShape } from '../../src/shapes.ts';
import { expectClose, expectSameBits, fromCells, run, SAMPLES, toCells, unchanged } from '../harness.ts';
import { convolutionData } from './conv2d.ts';

export function checkConv2dDepthwise(
  shape: Conv2dShape,
  seed: number,
  useBias: boolean,
  activates: boolean,
  change = unchanged,
): void {
  const { x, w, b, dy } = convolutionData(shape, seed);
  const options = { useBias, activation: activates ? relu : identity };
  const given = [toCells(x), new Float32Array(w), ...(useBias ? [new Float32Array(b)] : []), toCells(dy)];
  const y = run(change(families.conv2dDepthwise(shape, options)), given).at(-1)!;
  const expected = reference.conv2d(shape, SAMPLES, x, w, useBias ? b : undefined);
  expectClose(fromCells(y), activates ? reference.relu(expected) : expected);
  expectSameBits(y, run(direct.conv2d(shape, options), given).at(-1)!);
}

export function checkConv2dDepthwiseInputGradient(
  shape: Conv2dShape,
  seed: number,
  activates: boolean,
  change = unchanged,
): void {
  const { x, w, dy } = convolutionData(shape, seed);
  const activation = activates ? relu : identity;
  const made = activates ? reference.relu(x) : x;
  const given = [toCells(dy), new Float32Array(w), toCells(made), toCells(x)];
  const dx = run(change(families.conv2dDepthwiseInputGradient(shape, activation)), given).at(-1)!;
  const expected = reference.conv2dInputGradient(shape, SAMPLES, w, dy);
  expectClose(fromCells(dx), activates ? reference.reluGradient(made, expected) : expected);
  expectSameBits(dx, run(direct.conv2dInputGradient(shape, activation), given).at(-1)!);
}

export function checkConv2dDepthwiseKernelGradient(
  shape: Conv2dShape,
  seed: number,
  accumulate: boolean,
  change = unchanged,
): void {
  const { x, w, dy } = convolutionData(shape, seed);
  const kernel = change(families.conv2dDepthwiseKernelGradient(shape, accumulate));
  const given = (scratchFloats: number) => [
    toCells(x),
    toCells(dy),
    new Uint8Array(4 * scratchFloats),
    new Float32Array(w),
  ];
  const dw = run(kernel, given(families.DEPTHWISE_SCRATCH_FLOATS)).at(-1)!;
  const expected = reference.conv2dKernelGradient(shape, SAMPLES, x, dy);
  expectClose(dw, accumulate ? expected.map((g, i) => g + w[i]!) : expected);
  const directKernel = direct.conv2dKernelGradient(shape, accumulate);
  expectSameBits(dw, run(directKernel, given(direct.CONV2D_SCRATCH_FLOATS)).at(-1)!);
}

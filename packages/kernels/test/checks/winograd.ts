// Winograd's kernels against the twins of direct convolution.
import { identity, relu } from '../../src/families/activation.ts';
import { conv2dWinograd, winogradScratchFloats } from '../../src/families/winograd/forward.ts';
import {
  conv2dWinogradInputGradient,
  winogradGradientScratchFloats,
} from '../../src/families/winograd/input-gradient.ts';
import {
  conv2dWinogradKernelGradient,
  winogradKernelGradientScratchFloats,
} from '../../src/families/winograd/kernel-gradient.ts';
import * as reference from '../../src/reference/index.ts';
import type { Conv2dShape } from '../../src/shapes.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, unchanged } from '../harness.ts';
import { convolutionData } from './conv2d.ts';

/** Sums are rounded in other places than those of the direct form: see the bound in docs/decisions. */
const TOLERANCE = 4e-6;

/** Given as bytes, scratch memory is not compared. */
const scratchOf = (floats: number) => new Uint8Array(4 * floats).fill(GARBAGE);
/** In each byte: large finite numbers, which no result may depend on. */
const GARBAGE = 0x70;

export function checkConv2dWinograd(
  shape: Conv2dShape,
  seed: number,
  useBias: boolean,
  activates: boolean,
  change = unchanged,
): void {
  const { x, w, b, dy } = convolutionData(shape, seed);
  const kernel = change(conv2dWinograd(shape, { useBias, activation: activates ? relu : identity }));
  const bias = useBias ? [new Float32Array(b)] : [];
  const y = run(kernel, [
    toCells(x),
    new Float32Array(w),
    ...bias,
    scratchOf(winogradScratchFloats(shape)),
    toCells(dy),
  ]).at(-1)!;
  const expected = reference.conv2d(shape, SAMPLES, x, w, useBias ? b : undefined);
  expectClose(fromCells(y), activates ? reference.relu(expected) : expected, TOLERANCE);
}

export function checkConv2dWinogradInputGradient(
  shape: Conv2dShape,
  seed: number,
  activates: boolean,
  change = unchanged,
): void {
  const { x, w, dy } = convolutionData(shape, seed);
  const made = activates ? reference.relu(x) : x;
  const kernel = change(conv2dWinogradInputGradient(shape, activates ? relu : identity));
  const dx = run(kernel, [
    toCells(dy),
    new Float32Array(w),
    toCells(made),
    scratchOf(winogradGradientScratchFloats(shape)),
    toCells(x),
  ]).at(-1)!;
  const expected = reference.conv2dInputGradient(shape, SAMPLES, w, dy);
  expectClose(fromCells(dx), activates ? reference.reluGradient(made, expected) : expected, TOLERANCE);
}

export function checkConv2dWinogradKernelGradient(
  shape: Conv2dShape,
  seed: number,
  accumulate: boolean,
  change = unchanged,
): void {
  const { x, w, dy } = convolutionData(shape, seed);
  const kernel = change(conv2dWinogradKernelGradient(shape, accumulate));
  const scratch = scratchOf(winogradKernelGradientScratchFloats(shape));
  const dw = run(kernel, [toCells(x), toCells(dy), scratch, new Float32Array(w)]).at(-1)!;
  const expected = reference.conv2dKernelGradient(shape, SAMPLES, x, dy);
  expectClose(dw, accumulate ? expected.map((g, i) => g + w[i]!) : expected, TOLERANCE);
}

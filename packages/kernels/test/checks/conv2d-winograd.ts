// Winograd's kernels against the twins of direct convolution.
import { identity, relu } from '../../src/families/activation.ts';
import * as families from '../../src/families/conv2d-winograd.ts';
import * as reference from '../../src/reference/index.ts';
import type { Conv2dShape } from '../../src/shapes.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, unchanged } from '../harness.ts';
import { convolutionData } from './conv2d.ts';

/** Sums are rounded in other places than those of the direct form: see the bound in docs/decisions. */
const TOLERANCE = 4e-6;

const scratchOf = (shape: Conv2dShape) => new Uint8Array(4 * families.winogradScratchFloats(shape));

export function checkConv2dWinograd(
  shape: Conv2dShape,
  seed: number,
  useBias: boolean,
  activates: boolean,
  change = unchanged,
): void {
  const { x, w, b, dy } = convolutionData(shape, seed);
  const kernel = change(families.conv2dWinograd(shape, { useBias, activation: activates ? relu : identity }));
  const bias = useBias ? [new Float32Array(b)] : [];
  const y = run(kernel, [toCells(x), new Float32Array(w), ...bias, scratchOf(shape), toCells(dy)]).at(-1)!;
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
  const kernel = change(families.conv2dWinogradInputGradient(shape, activates ? relu : identity));
  const dx = run(kernel, [toCells(dy), new Float32Array(w), toCells(made), scratchOf(shape), toCells(x)]).at(-1)!;
  const expected = reference.conv2dInputGradient(shape, SAMPLES, w, dy);
  expectClose(fromCells(dx), activates ? reference.reluGradient(made, expected) : expected, TOLERANCE);
}

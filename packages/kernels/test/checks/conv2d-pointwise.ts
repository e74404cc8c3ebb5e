// Pointwise convolution against the twins of the direct form, and against its bits.
import { identity, relu } from '../../src/families/activation.ts';
import * as direct from '../../src/families/conv2d.ts';
import * as families from '../../src/families/conv2d-pointwise.ts';
import * as reference from '../../src/reference/index.ts';
import type { Conv2dShape } from '../../src/shapes.ts';
import { expectClose, expectSameBits, fromCells, run, SAMPLES, toCells, unchanged } from '../harness.ts';
import { convolutionData } from './conv2d.ts';

const scratchOf = (shape: Conv2dShape) => new Uint8Array(4 * families.pointwiseScratchFloats(shape));

export function checkConv2dPointwise(
  shape: Conv2dShape,
  seed: number,
  useBias: boolean,
  activates: boolean,
  change = unchanged,
): void {
  const { x, w, b, dy } = convolutionData(shape, seed);
  const options = { useBias, activation: activates ? relu : identity };
  const given = [toCells(x), new Float32Array(w), ...(useBias ? [new Float32Array(b)] : [])];
  const y = run(change(families.conv2dPointwise(shape, options)), [...given, scratchOf(shape), toCells(dy)]).at(-1)!;
  const expected = reference.conv2d(shape, SAMPLES, x, w, useBias ? b : undefined);
  expectClose(fromCells(y), activates ? reference.relu(expected) : expected);
  expectSameBits(y, run(direct.conv2d(shape, options), [...given, toCells(dy)]).at(-1)!);
}

export function checkConv2dPointwiseInputGradient(
  shape: Conv2dShape,
  seed: number,
  activates: boolean,
  change = unchanged,
): void {
  const { x, w, dy } = convolutionData(shape, seed);
  const activation = activates ? relu : identity;
  const made = activates ? reference.relu(x) : x;
  const given = [toCells(dy), new Float32Array(w), toCells(made)];
  const kernel = change(families.conv2dPointwiseInputGradient(shape, activation));
  const dx = run(kernel, [...given, scratchOf(shape), toCells(x)]).at(-1)!;
  const expected = reference.conv2dInputGradient(shape, SAMPLES, w, dy);
  expectClose(fromCells(dx), activates ? reference.reluGradient(made, expected) : expected);
  expectSameBits(dx, run(direct.conv2dInputGradient(shape, activation), [...given, toCells(x)]).at(-1)!);
}

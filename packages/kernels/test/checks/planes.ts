// Parametric ReLU and softmax against their twins.
import * as parametric from '../../src/families/activations/prelu.ts';
import * as exponential from '../../src/families/activations/softmax.ts';
import * as reference from '../../src/reference/index.ts';
import type { PlanesShape } from '../../src/shapes.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, unchanged, values } from '../harness.ts';

export function checkPrelu(shape: PlanesShape, seed: number, change = unchanged): void {
  const { x, slope, dy } = data(shape, seed);
  const y = run(change(parametric.prelu(shape)), [toCells(x), new Float32Array(slope), toCells(dy)]).at(-1)!;
  expectClose(fromCells(y), reference.prelu(shape, x, slope), 1e-7);
}

export function checkPreluInputGradient(shape: PlanesShape, seed: number, change = unchanged): void {
  const { x, slope, dy } = data(shape, seed);
  const kernel = change(parametric.preluInputGradient(shape));
  const dx = run(kernel, [toCells(x), new Float32Array(slope), toCells(dy), toCells(x)]).at(-1)!;
  expectClose(fromCells(dx), reference.preluInputGradient(shape, x, slope, dy), 1e-7);
}

export function checkPreluSlopeGradient(
  shape: PlanesShape,
  seed: number,
  accumulate: boolean,
  change = unchanged,
): void {
  const { x, dy, slope: earlier } = data(shape, seed);
  const kernel = change(parametric.preluSlopeGradient(shape, accumulate));
  const dslope = run(kernel, [toCells(x), toCells(dy), new Float32Array(earlier)]).at(-1)!;
  expectClose(
    dslope,
    reference.preluSlopeGradient(shape, x, dy).map((sum, c) => (accumulate ? earlier[c]! : 0) + sum),
    // Of terms below 1 whose signs differ: what is rounded away grows with their number, the sum need not.
    1e-6 * Math.sqrt(SAMPLES * shape.area),
  );
}

export function checkSoftmax(shape: PlanesShape, seed: number, change = unchanged): void {
  const { x, dy } = data(shape, seed);
  // Far apart, so that the largest matters.
  const wide = x.map((v) => 64 * v);
  const y = run(change(exponential.softmax(shape)), [toCells(wide), toCells(dy)]).at(-1)!;
  expectClose(fromCells(y), reference.softmax(shape, SAMPLES, wide), 1e-6);
}

export function checkSoftmaxInputGradient(shape: PlanesShape, seed: number, change = unchanged): void {
  const { x, dy } = data(shape, seed);
  const y = reference.softmax(shape, SAMPLES, x).map(Math.fround);
  const dx = run(change(exponential.softmaxInputGradient(shape)), [toCells(y), toCells(dy), toCells(x)]).at(-1)!;
  expectClose(fromCells(dx), reference.softmaxInputGradient(shape, SAMPLES, y, dy), 1e-6);
}

function data({ channels, area }: PlanesShape, seed: number) {
  const size = SAMPLES * channels * area;
  return { x: values(size, seed, 1), slope: values(channels, seed, 2), dy: values(size, seed, 3) };
}

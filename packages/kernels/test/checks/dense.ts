// Kernels of the fully connected layer against their twins.
import * as families from '../../src/families/dense/dense.ts';
import * as reference from '../../src/reference/index.ts';
import type { DenseShape } from '../../src/shapes.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, unchanged, values } from '../harness.ts';

export function checkDense(shape: DenseShape, seed: number, useBias: boolean, change = unchanged): void {
  const { x, w, b, dy } = data(shape, seed);
  const bias = useBias ? [new Float32Array(b)] : [];
  const kernel = change(families.dense(shape, { useBias }));
  const y = run(kernel, [toCells(x), new Float32Array(w), ...bias, toCells(dy)]).at(-1)!;
  expectClose(fromCells(y), reference.dense(shape, SAMPLES, x, w, useBias ? b : undefined));
}

export function checkDenseInputGradient(shape: DenseShape, seed: number, change = unchanged): void {
  const { x, w, dy } = data(shape, seed);
  const kernel = change(families.denseInputGradient(shape));
  const dx = run(kernel, [toCells(dy), new Float32Array(w), toCells(x), toCells(x)]).at(-1)!;
  expectClose(fromCells(dx), reference.denseInputGradient(shape, SAMPLES, w, dy));
}

export function checkDenseWeightGradient(
  shape: DenseShape,
  seed: number,
  accumulate: boolean,
  change = unchanged,
): void {
  const { x, w, dy } = data(shape, seed);
  const kernel = change(families.denseWeightGradient(shape, accumulate));
  const scratch = new Float32Array(families.denseScratchFloats(shape)).fill(NaN);
  const dw = run(kernel, [toCells(x), toCells(dy), scratch, new Float32Array(w)]).at(-1)!;
  const expected = reference.denseWeightGradient(shape, SAMPLES, x, dy);
  expectClose(dw, accumulate ? expected.map((g, i) => g + w[i]!) : expected);
}

function data({ inFeatures, outFeatures }: DenseShape, seed: number) {
  return {
    x: values(SAMPLES * inFeatures, seed, 1),
    w: values(outFeatures * inFeatures, seed, 2),
    b: values(outFeatures, seed, 3),
    dy: values(SAMPLES * outFeatures, seed, 4),
  };
}

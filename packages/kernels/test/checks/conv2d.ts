// Convolution kernels against their twins.
import * as families from '../../src/families/conv2d.ts';
import * as reference from '../../src/reference/index.ts';
import { type Conv2dShape, outputHeight, outputWidth } from '../../src/shapes.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, unchanged, values } from '../harness.ts';

export function checkConv2d(shape: Conv2dShape, seed: number, useBias: boolean, change = unchanged): void {
  const { x, w, b, dy } = convolutionData(shape, seed);
  const kernel = change(families.conv2d(shape, { useBias }));
  const bias = useBias ? [new Float32Array(b)] : [];
  const y = run(kernel, [toCells(x), new Float32Array(w), ...bias, toCells(dy)]).at(-1)!;
  expectClose(fromCells(y), reference.conv2d(shape, SAMPLES, x, w, useBias ? b : undefined));
}

export function checkConv2dInputGradient(shape: Conv2dShape, seed: number, change = unchanged): void {
  const { x, w, dy } = convolutionData(shape, seed);
  const kernel = change(families.conv2dInputGradient(shape));
  const dx = run(kernel, [toCells(dy), new Float32Array(w), toCells(x), toCells(x)]).at(-1)!;
  expectClose(fromCells(dx), reference.conv2dInputGradient(shape, SAMPLES, w, dy));
}

export function checkConv2dKernelGradient(
  shape: Conv2dShape,
  seed: number,
  accumulate: boolean,
  change = unchanged,
): void {
  const { x, w, dy } = convolutionData(shape, seed);
  const kernel = change(families.conv2dKernelGradient(shape, accumulate));
  // As bytes, which are not compared: the tilings leave different sums behind.
  const scratch = new Uint8Array(4 * families.CONV2D_SCRATCH_FLOATS);
  const dw = run(kernel, [toCells(x), toCells(dy), scratch, new Float32Array(w)]).at(-1)!;
  const expected = reference.conv2dKernelGradient(shape, SAMPLES, x, dy);
  expectClose(dw, accumulate ? expected.map((g, i) => g + w[i]!) : expected);
}

/** Random numbers for all arrays of a convolution. */
export function convolutionData(shape: Conv2dShape, seed: number) {
  const { inChannels, outChannels, groups, height, width, kernelHeight, kernelWidth } = shape;
  return {
    x: values(SAMPLES * inChannels * height * width, seed, 1),
    w: values(outChannels * (inChannels / groups) * kernelHeight * kernelWidth, seed, 2),
    b: values(outChannels, seed, 3),
    dy: values(SAMPLES * outChannels * outputHeight(shape) * outputWidth(shape), seed, 4),
  };
}

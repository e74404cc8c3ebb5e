// Pooling kernels against their twins.
import * as average from '../../src/families/pooling/avg-pool2d.ts';
import * as maximum from '../../src/families/pooling/max-pool2d.ts';
import * as reference from '../../src/reference/index.ts';
import { type AvgPool2dShape, outputHeight, outputWidth, type Pool2dShape } from '../../src/shapes.ts';
import { expectClose, expectSameBits, fromCells, run, SAMPLES, toCells, unchanged, values } from '../harness.ts';

export function checkMaxPool2d(shape: Pool2dShape, seed: number, change = unchanged): void {
  const { x, dy } = data(shape, seed);
  const y = run(change(maximum.maxPool2d(shape)), [toCells(x), toCells(dy)]).at(-1)!;
  expectSameBits(fromCells(y), reference.maxPool2d(shape, SAMPLES, x));
}

export function checkMaxPool2dWithWinners(shape: Pool2dShape, seed: number, change = unchanged): void {
  const { x, dy } = data(shape, seed);
  const kernel = change(maximum.maxPool2dWithIndices(shape));
  const [, winners, y] = run(kernel, [toCells(x), toCells(dy), toCells(dy)]);
  expectSameBits(fromCells(y!), reference.maxPool2d(shape, SAMPLES, x));
  const expected = reference.maxPool2dWinners(shape, SAMPLES, x);
  const isPadding = (window: number) => expected[window] === -1;
  expectSameBits(
    fromCells(winners!).map((winner, window) => (isPadding(window) ? -1 : winner)),
    expected,
  );
}

export function checkMaxPool2dInputGradient(shape: Pool2dShape, seed: number, change = unchanged): void {
  const { x, dy } = data(shape, seed);
  const winners = reference.maxPool2dWinners(shape, SAMPLES, x);
  const kernel = change(maximum.maxPool2dInputGradient(shape));
  const dx = run(kernel, [toCells(winners), toCells(dy), toCells(x)]).at(-1)!;
  expectClose(fromCells(dx), reference.maxPool2dInputGradient(shape, SAMPLES, winners, dy));
}

export function checkAvgPool2d(shape: AvgPool2dShape, seed: number, change = unchanged): void {
  const { x, dy } = data(shape, seed);
  const y = run(change(average.avgPool2d(shape)), [toCells(x), toCells(dy)]).at(-1)!;
  expectClose(fromCells(y), reference.avgPool2d(shape, SAMPLES, x));
}

export function checkAvgPool2dInputGradient(shape: AvgPool2dShape, seed: number, change = unchanged): void {
  const { x, dy } = data(shape, seed);
  const kernel = change(average.avgPool2dInputGradient(shape));
  const dx = run(kernel, [toCells(dy), toCells(x), toCells(x)]).at(-1)!;
  expectClose(fromCells(dx), reference.avgPool2dInputGradient(shape, SAMPLES, dy));
}

/** Few different numbers in x, so that windows have several greatest ones. */
function data(shape: Pool2dShape, seed: number) {
  return {
    x: values(SAMPLES * shape.channels * shape.height * shape.width, seed, 1).map((v) => Math.round(4 * v) + 0),
    dy: values(SAMPLES * shape.channels * outputHeight(shape) * outputWidth(shape), seed, 2),
  };
}

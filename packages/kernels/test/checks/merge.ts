// Sums, products and concatenations against their twins.
import { leakyRelu } from '../../src/families/activations/activation.ts';
import * as blocks from '../../src/families/merge/concat.ts';
import * as products from '../../src/families/merge/product.ts';
import * as sums from '../../src/families/merge/sum.ts';
import * as reference from '../../src/reference/index.ts';
import type { ProductShape } from '../../src/shapes.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, unchanged, values } from '../harness.ts';

/** Has a sign, so that what is negative matters. */
const SLOPE = 0.25;
const activation = leakyRelu(SLOPE);
const activated = (x: Float64Array): Float64Array => reference.leakyRelu(x, SLOPE);

export function checkSum(count: number, terms: number, seed: number, change = unchanged): void {
  const xs = arrays(Array<number>(terms).fill(count), seed);
  const y = run(change(sums.sum(count, terms, activation)), [...xs.map(toCells), emptyCells(count)]).at(-1)!;
  expectClose(fromCells(y), activated(reference.sum(xs)), 1e-6);
}

export function checkSumGradients(count: number, terms: number, seed: number, change = unchanged): void {
  const [y, ...parts] = arrays(Array<number>(terms + 1).fill(count), seed);
  const kernel = change(sums.sumGradients(count, terms, activation));
  const dx = run(kernel, [...parts.map(toCells), toCells(y!), emptyCells(count)]).at(-1)!;
  expectClose(fromCells(dx), reference.leakyReluGradient(y!, reference.sum(parts), SLOPE), 1e-6);
}

export function checkProduct(shape: ProductShape, seed: number, change = unchanged): void {
  const { sizes, xs } = factorsOf(shape, seed);
  const y = run(change(products.product(shape, activation)), [...xs.map(toCells), emptyCells(sizes.output)]).at(-1)!;
  expectClose(fromCells(y), activated(reference.product(shape, SAMPLES, xs)), 1e-6);
}

export function checkProductGradient(shape: ProductShape, factor: number, seed: number, change = unchanged): void {
  const { sizes, xs, dy } = factorsOf(shape, seed);
  const others = xs.filter((_, i) => i !== factor).map(toCells);
  const kernel = change(products.productGradient(shape, factor));
  const dx = run(kernel, [toCells(dy), ...others, emptyCells(sizes.factors[factor]!)]).at(-1)!;
  expectClose(fromCells(dx), reference.productGradients(shape, xs, dy)[factor]!, 1e-6);
}

export function checkConcat(counts: readonly number[], seed: number, change = unchanged): void {
  const xs = arrays(counts, seed);
  const y = run(change(blocks.concat(counts, activation)), [...xs.map(toCells), emptyCells(totalOf(counts))]).at(-1)!;
  expectClose(fromCells(y), activated(reference.concat(SAMPLES, xs)), 1e-6);
}

export function checkConcatGradient(
  counts: readonly number[],
  isWanted: readonly boolean[],
  seed: number,
  change = unchanged,
): void {
  const [dy] = arrays([totalOf(counts)], seed);
  const wanted = counts.filter((_, part) => isWanted[part]);
  const kernel = change(blocks.concatGradient(counts, isWanted));
  const [, ...gradients] = run(kernel, [toCells(dy!), ...wanted.map(emptyCells)]);
  const expected = reference.concatGradients(counts, SAMPLES, dy!).filter((_, part) => isWanted[part]);
  for (const [i, gradient] of expected.entries()) expectClose(fromCells(gradients[i]!), gradient, 0);
}

function factorsOf({ channels, area, factors }: ProductShape, seed: number) {
  const output = channels * area;
  const sizes = factors.map((kind) => (kind === 'channel' ? channels : output));
  const [dy, ...xs] = arrays([output, ...sizes], seed);
  return { sizes: { output, factors: sizes }, dy: dy!, xs };
}

/** Row-major (8, count) for each count. */
const arrays = (counts: readonly number[], seed: number): Float64Array[] =>
  counts.map((count, i) => values(SAMPLES * count, seed, i + 1));

/** What a kernel has to overwrite. */
const emptyCells = (count: number): Float32Array => new Float32Array(SAMPLES * count).fill(7);

const totalOf = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

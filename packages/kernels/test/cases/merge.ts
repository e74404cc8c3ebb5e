// Sums, products and concatenations, and their gradients.
import fc from 'fast-check';
import { leakyRelu } from '../../src/families/activations/activation.ts';
import { concat, concatGradient } from '../../src/families/merge/concat.ts';
import { product, productGradient } from '../../src/families/merge/product.ts';
import { sum, sumGradients } from '../../src/families/merge/sum.ts';
import * as reference from '../../src/reference/index.ts';
import type { ProductShape } from '../../src/shapes.ts';
import { expectClose, fromCells, SAMPLES, toCells, values } from '../harness.ts';
import { productShapes, seeds } from '../shapes.ts';
import { type CheckedActivation, none, withSigmoid, withTanh } from './activation-references.ts';
import { type KernelCases, kernelCases, type Problem, problem } from './kernel-cases.ts';

const SLOPE = 0.25;
/** Both signs of its input matter. */
const withLeakyRelu: CheckedActivation = {
  activation: leakyRelu(SLOPE),
  forward: (x) => reference.leakyRelu(x, SLOPE),
  gradient: (y, dy) => reference.leakyReluGradient(y, dy, SLOPE),
};

/** Row-major (8, count) for each count. */
const arrays = (counts: readonly number[], seed: number): Float64Array[] =>
  counts.map((count, i) => values(SAMPLES * count, seed, i + 1));

/** A result that the kernel has to overwrite. */
const emptyCells = (count: number): Float32Array => new Float32Array(SAMPLES * count).fill(7);

const totalOf = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

/** Operands `x1`, `x2`, … for blocks, some of which may be left out. */
const numbered = (name: string, blocks: readonly (Float64Array | undefined)[]): Record<string, Float32Array> =>
  Object.fromEntries(blocks.flatMap((block, i) => (block ? [[`${name}${i + 1}`, toCells(block)]] : [])));

function sumProblem(count: number, terms: number, seed: number, { activation, forward } = withLeakyRelu): Problem {
  const xs = arrays(Array<number>(terms).fill(count), seed);
  return problem(sum(count, terms, activation), { ...numbered('x', xs), y: emptyCells(count) }, ({ y }) =>
    expectClose(fromCells(y), forward(reference.sum(xs)), 1e-6),
  );
}

function sumGradientsProblem(count: number, terms: number, seed: number, { activation, gradient } = withLeakyRelu) {
  const [y, ...parts] = arrays(Array<number>(terms + 1).fill(count), seed) as [Float64Array, ...Float64Array[]];
  return problem(
    sumGradients(count, terms, activation),
    { ...numbered('g', parts), y: toCells(y), dx: emptyCells(count) },
    ({ dx }) => expectClose(fromCells(dx), gradient(y, reference.sum(parts)), 1e-6),
  );
}

function factorsOf({ channels, area, factors }: ProductShape, seed: number) {
  const output = channels * area;
  const sizes = factors.map((kind) => (kind === 'channel' ? channels : output));
  const [dy, ...xs] = arrays([output, ...sizes], seed) as [Float64Array, ...Float64Array[]];
  return { output, sizes, dy, xs };
}

function productProblem(shape: ProductShape, seed: number, { activation, forward } = withLeakyRelu): Problem {
  const { output, xs } = factorsOf(shape, seed);
  return problem(product(shape, activation), { ...numbered('x', xs), y: emptyCells(output) }, ({ y }) =>
    expectClose(fromCells(y), forward(reference.product(shape, SAMPLES, xs)), 1e-6),
  );
}

function productGradientProblem(shape: ProductShape, factor: number, seed: number): Problem {
  const { sizes, xs, dy } = factorsOf(shape, seed);
  const others = xs.map((x, i) => (i === factor ? undefined : x));
  return problem(
    productGradient(shape, factor),
    { dy: toCells(dy), ...numbered('x', others), dx: emptyCells(sizes[factor]!) },
    ({ dx }) => expectClose(fromCells(dx), reference.productGradients(shape, xs, dy)[factor]!, 1e-6),
  );
}

function concatProblem(counts: readonly number[], seed: number, { activation, forward } = withLeakyRelu): Problem {
  const xs = arrays(counts, seed);
  return problem(concat(counts, activation), { ...numbered('x', xs), y: emptyCells(totalOf(counts)) }, ({ y }) =>
    expectClose(fromCells(y), forward(reference.concat(SAMPLES, xs)), 1e-6),
  );
}

function concatGradientProblem(counts: readonly number[], isWanted: readonly boolean[], seed: number): Problem {
  const [dy] = arrays([totalOf(counts)], seed) as [Float64Array];
  const empty = counts.flatMap((count, part) => (isWanted[part] ? [[`dx${part + 1}`, emptyCells(count)]] : []));
  return problem(
    concatGradient(counts, isWanted),
    { dy: toCells(dy), ...Object.fromEntries(empty) },
    (results: Readonly<Record<string, Float32Array>>) => {
      for (const [part, expected] of reference.concatGradients(counts, SAMPLES, dy).entries()) {
        if (isWanted[part]) expectClose(fromCells(results[`dx${part + 1}`]!), expected, 0);
      }
    },
  );
}

const factors: ProductShape = { channels: 5, area: 3, factors: ['plane', 'channel', 'plane'] };
const counts = fc.integer({ min: 1, max: 11 });
const terms = fc.integer({ min: 2, max: 5 });
const parts = fc.array(fc.tuple(counts, fc.boolean()), { minLength: 1, maxLength: 4 });

export const mergeCases = {
  sum: kernelCases(sumProblem, {
    examples: [{ problems: [[5, 3, 1]] }, { title: 'with tanh', problems: [[7, 3, 1, withTanh]], mutants: false }],
    random: [{ arguments: fc.tuple(counts, terms, seeds) }],
  }),
  sumGradients: kernelCases(sumGradientsProblem, {
    examples: [
      { problems: [[5, 3, 1]] },
      { title: 'after sigmoid', problems: [[7, 2, 1, withSigmoid]], mutants: false },
      { title: 'without activation', problems: [[7, 2, 1, none]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(counts, terms, seeds) }],
  }),
  product: kernelCases(productProblem, {
    examples: [
      { problems: [[factors, 1]] },
      { title: 'with tanh', problems: [[factors, 1, withTanh]], mutants: false },
    ],
    random: [{ arguments: fc.tuple(productShapes, seeds) }],
  }),
  productGradient: kernelCases(productGradientProblem, {
    examples: [
      { title: 'of a plane', problems: [[factors, 0, 1]] },
      { title: 'of channels', problems: [[factors, 1, 1]] },
    ],
    random: [
      {
        arguments: fc
          .tuple(productShapes, fc.nat(), seeds)
          .map(([shape, number, seed]) => [shape, number % shape.factors.length, seed] as const),
      },
    ],
  }),
  concat: kernelCases(concatProblem, {
    examples: [{ problems: [[[3, 2], 1]] }, { title: 'with tanh', problems: [[[2, 5], 1, withTanh]], mutants: false }],
    random: [
      { arguments: fc.tuple(parts, seeds).map(([chosen, seed]) => [chosen.map(([count]) => count), seed] as const) },
    ],
  }),
  concatGradient: kernelCases(concatGradientProblem, {
    examples: [{ problems: [[[3, 1, 2], [true, false, true], 1]] }],
    random: [
      {
        arguments: fc
          .tuple(parts, seeds)
          .map(([chosen, seed]) => [chosen.map(([count]) => count), chosen.map(([, wanted]) => wanted), seed] as const),
      },
    ],
  }),
} satisfies Readonly<Record<string, KernelCases>>;

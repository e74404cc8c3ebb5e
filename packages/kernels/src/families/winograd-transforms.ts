// The transforms of Winograd's F(2×2, 3×3): tiles of 4 × 4 inputs, 2 × 2 outputs, and 16 products between them, where the direct form takes 36.
// S. Winograd, "Arithmetic Complexity of Computations", 1980; A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016.
import type { KernelBuilder } from '../language/kernel-builder.ts';
import { add, multiply, subtract, type Vector } from '../language/value.ts';

/** Rows and columns of inputs, and of products, of a tile; and of outputs. */
export const TILE = 4;
export const TILE_OUTPUTS = 2;
/** Products of a tile. */
export const PRODUCTS = TILE * TILE;

/** A square, or a part of one, row by row; undefined stands for 0. */
type Square = readonly (readonly (Vector | undefined)[])[];

/** Bᵀ·d·B: (d₀ − d₂, d₁ + d₂, d₂ − d₁, d₁ − d₃) down the columns, then along the rows. With three rows, or columns, the first three. */
export const transformInputs = (k: KernelBuilder, inputs: Square): Square =>
  along(k, inputs, ([d0, d1, d2, ...rest]) => [
    minus(d0, d2),
    plus(d1, d2),
    minus(d2, d1),
    ...rest.map((d3) => minus(d1, d3)),
  ]);

/** Aᵀ·m·A: (m₀ + m₁ + m₂, m₁ − m₂ − m₃). With three rows, or columns, of products only the first of the two. */
export const transformProducts = (k: KernelBuilder, products: Square): Square =>
  along(k, products, ([m0, m1, m2, ...rest]) => [
    plus(plus(m0, m1), m2),
    ...rest.map((m3) => minus(minus(m1, m2), m3)),
  ]);

/** G·g·Gᵀ: (g₀, ½ (g₀ + g₂) + ½ g₁, ½ (g₀ + g₂) − ½ g₁, g₂). */
export const transformWeights = (k: KernelBuilder, weights: Square): Square =>
  along(k, weights, ([g0, g1, g2]) => {
    const outer = k.let('outer', multiply(plus(g0, g2) as Vector, 0.5));
    const inner = k.let('inner', multiply(g1 as Vector, 0.5));
    return [g0, add(outer, inner), subtract(outer, inner), g2];
  });

/** A transform of one dimension, down the columns, then along the rows. */
function along(k: KernelBuilder, square: Square, transform: (line: Square[number]) => Square[number]): Square {
  const named = (line: Square[number]) => line.map((value) => value && k.let('t', value));
  const columns = transposed(square).map((column) => named(transform(column)));
  return transposed(columns).map((row) => named(transform(row)));
}

const transposed = (square: Square): Square =>
  Array.from({ length: square[0]?.length ?? 0 }, (_, column) => square.map((row) => row[column]));

const plus = (a: Vector | undefined, b: Vector | undefined): Vector | undefined => (a && b ? add(a, b) : (a ?? b));

function minus(a: Vector | undefined, b: Vector | undefined): Vector | undefined {
  if (!b) return a;
  return subtract(a ?? 0, b);
}

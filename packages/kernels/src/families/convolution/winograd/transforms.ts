// The transforms of Winograd's algorithm with six points: from 6 inputs and 6 products come m outputs of a correlation
// with r = 7 − m weights. In two dimensions 36 products give m × m outputs with r × r weights; the direct algorithm
// needs m² · r² products. S. Winograd, "Arithmetic Complexity of Computations", 1980; A. Lavin, S. Gray, "Fast
// Algorithms for Convolutional Neural Networks", 2016.
//
// The points are 0, ±√½, ±√2 and ∞. Their squares are powers of two, and the rounding errors are half of those with 0,
// ±1, ±2 and ∞.
import { add, multiply, subtract } from '../../../language/floats.ts';
import type { KernelBuilder } from '../../../language/kernel-builder.ts';
import type { Vector } from '../../../language/value.ts';

/** The number of points, and so of inputs and products of a tile, in one dimension. */
export const POINTS = 6;

/** The number of outputs of a tile in one dimension, for a number of weights. */
export const outputsOf = (weights: number): number => POINTS + 1 - weights;

const NEAR = Math.SQRT1_2;
const FAR = Math.SQRT2;
/** 1 / Π (p − q) over the other finite points q, in the order 0, √½, −√½, √2, −√2; 1 for ∞. */
const NORMS = [1, -2 / 3, -2 / 3, 1 / 6, 1 / 6, 1] as const;

type Line = readonly Vector[];
/** Rows of a rectangle. */
export type Rectangle = readonly Line[];
export type Element = (row: number, column: number) => Vector;

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** A transform of one dimension. */
export type LineTransform = (k: KernelBuilder, line: Line) => Line;

/** Bᵀ·d of 6 inputs. Row p of Bᵀ holds the coefficients of Π (x − q) over the other finite points q. */
export const inputsAtPoints: LineTransform = (k, line) => {
  const [d0, d1, d2, d3, d4, d5] = line as [Vector, Vector, Vector, Vector, Vector, Vector];
  const nearEven = k.let('even', subtract(d4, multiply(d2, 2)));
  const nearOdd = k.let('odd', multiply(subtract(d3, multiply(d1, 2)), NEAR));
  const farEven = k.let('even', subtract(d4, multiply(d2, 0.5)));
  const farOdd = k.let('odd', multiply(subtract(d3, multiply(d1, 0.5)), FAR));
  return [
    subtract(add(d0, d4), multiply(d2, 2.5)),
    add(nearEven, nearOdd),
    subtract(nearEven, nearOdd),
    add(farEven, farOdd),
    subtract(farEven, farOdd),
    subtract(add(d1, d5), multiply(d3, 2.5)),
  ];
};

/** B·v: the transpose of `inputsAtPoints`. */
export const pointsToInputs: LineTransform = (k, line) => {
  const [v0, near, minusNear, far, minusFar, infinite] = line as [Vector, Vector, Vector, Vector, Vector, Vector];
  const nearEven = k.let('even', add(near, minusNear));
  const nearOdd = k.let('odd', multiply(subtract(near, minusNear), NEAR));
  const farEven = k.let('even', add(far, minusFar));
  const farOdd = k.let('odd', multiply(subtract(far, minusFar), FAR));
  return [
    v0,
    subtract(subtract(infinite, multiply(nearOdd, 2)), multiply(farOdd, 0.5)),
    subtract(multiply(v0, -2.5), add(multiply(nearEven, 2), multiply(farEven, 0.5))),
    subtract(add(nearOdd, farOdd), multiply(infinite, 2.5)),
    add(v0, add(nearEven, farEven)),
    infinite,
  ];
};

/**
 * G·g without the norms: the values of a polynomial with these coefficients at the points; at ∞ the last coefficient.
 */
export const weightsAtPoints: LineTransform = (k, coefficients) => {
  const at = (point: number) => {
    const terms = coefficients.map((coefficient, i) => times(coefficient, point ** i));
    const even = k.let('even', terms.filter((_, i) => i % 2 === 0).reduce(add));
    const odd = k.let('odd', terms.filter((_, i) => i % 2 === 1).reduce(add));
    return [add(even, odd), subtract(even, odd)];
  };
  return [coefficients[0] as Vector, ...at(NEAR), ...at(FAR), coefficients.at(-1) as Vector];
};

/** G·g·Gᵀ without the norms. */
export const transformWeights = (k: KernelBuilder, size: Size, weights: Element): Rectangle =>
  inBothDimensions(k, size, weights, (line) => weightsAtPoints(k, line));

/**
 * Aᵀ·m·A, the first `kept` of `size` outputs. Aᵀ is the transpose of the matrix that maps `size` weights to their
 * values at the points.
 */
export const transformProducts = (k: KernelBuilder, size: Size, products: Element, kept = size): Rectangle =>
  inBothDimensions(
    k,
    { rows: pointsOf(kept.rows, size.rows), columns: pointsOf(kept.columns, size.columns) },
    products,
    (line) => outputsOfLine(k, line, kept.rows),
    (line) => outputsOfLine(k, line, kept.columns),
  );

/** The number of points that the outputs depend on: only the last output depends on ∞. */
const pointsOf = (kept: number, size: number): number => (kept === size ? POINTS : POINTS - 1);

/** Multiplies by the norms. They can be applied to the weights or to the products. */
export const norm = (value: Vector, row: number, column: number): Vector =>
  times(value, (NORMS[row] as number) * (NORMS[column] as number));

/** The outputs of a line of products. The product at ∞ is present only if the last output is computed. */
function outputsOfLine(k: KernelBuilder, line: Line, count: number): Line {
  const [m0, near, minusNear, far, minusFar, infinite] = line as [Vector, Vector, Vector, Vector, Vector, Vector?];
  const even = [k.let('even', add(near, minusNear)), k.let('even', add(far, minusFar))] as const;
  const odd = [k.let('odd', subtract(near, minusNear)), k.let('odd', subtract(far, minusFar))] as const;
  return Array.from({ length: count }, (_, i) => {
    const [a, b] = i % 2 === 0 ? even : odd;
    const finite = add(times(a, NEAR ** i), times(b, FAR ** i));
    if (i === 0) return add(m0, finite);
    return infinite && i === count - 1 ? add(finite, infinite) : finite;
  });
}

/** The product, which is exact if the factor is a power of two. */
const times = (value: Vector, factor: number): Vector => (factor === 1 ? value : multiply(value, factor));

/** Transforms the columns, then the rows. */
function inBothDimensions(
  k: KernelBuilder,
  size: Size,
  element: Element,
  down: (line: Line) => Line,
  along = down,
): Rectangle {
  const named = (line: Line) => line.map((value) => k.let('t', value));
  const columns = range(size.columns).map((column) =>
    named(down(range(size.rows).map((row) => k.let('element', element(row, column))))),
  );
  const rows = range(columns[0]?.length ?? 0).map((row) => columns.map((column) => column[row] as Vector));
  return rows.map((row) => named(along(row)));
}

/** Visits the elements row by row. */
export function forEachElement(elements: Rectangle, visit: (value: Vector, row: number, column: number) => void): void {
  elements.forEach((line, row) => {
    line.forEach((value, column) => {
      visit(value, row, column);
    });
  });
}

/** The numbers from 0 to length − 1. */
export const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

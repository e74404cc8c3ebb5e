// Parameters that start as an orthogonal matrix, which keeps lengths.
import { ConvoyError, formatShape, type Shape } from '@convoy/tensor';
import { float32In, optional } from '@convoy/tensor/checks';
import { defineInitializer, type Initializer } from '../initializer.ts';

/** Options of `orthogonalInitializer`. */
export interface OrthogonalInitializerOptions {
  /** The factor of lengths; default 1. Use √2 before a ReLU. */
  readonly gain?: number;
}

const describe = defineInitializer<OrthogonalInitializerOptions, { readonly gain: number }>({
  type: 'orthogonal',
  settings: (check) => check({ gain: optional(float32In({}), 1) }),
  fill({ gain }, values, { name, shape }, random) {
    const [rows, columns] = matrixExtents(name, shape);
    const count = Math.min(rows, columns);
    const normal = random(0);
    const vectors = Array.from({ length: count }, (_, v) =>
      Float64Array.from({ length: values.length / count }, (_, i) => normal.normal((v * values.length) / count + i)),
    );
    orthonormalize(vectors);
    const at =
      rows <= columns
        ? (row: number, column: number) => vectors[row]?.[column]
        : (row: number, column: number) => vectors[column]?.[row];
    for (let i = 0; i < values.length; i++) {
      values[i] = gain * (at(Math.floor(i / columns), i % columns) as number);
    }
  },
});

/**
 * A random orthogonal matrix times the gain; all orthogonal matrices are equally likely. The first dimension of the parameter is the rows of the matrix
 * W, the others are its columns: W · Wᵀ = gain² · I, or Wᵀ · W = gain² · I if there are more rows than columns. W is gain · Q, from the QR
 * decomposition of a matrix of normally distributed numbers, with a positive diagonal of R. The time is proportional to
 * rows · columns · min(rows, columns).
 * A. M. Saxe and others, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH, when parameters are initialized, for one of one dimension, such as a bias
 */
export const orthogonalInitializer = (options: OrthogonalInitializerOptions = {}): Initializer => describe(options);

function matrixExtents(name: string, shape: Shape): readonly [rows: number, columns: number] {
  const [rows, ...rest] = shape;
  if (rows !== undefined && rest.length > 0) return [rows, rest.reduce((a, b) => a * b, 1)];
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `orthogonalInitializer for '${name}' of shape ${formatShape(shape)}`,
    expected: 'two dimensions or more',
    fix: 'Use it for kernels, and zerosInitializer for biases.',
  });
}

/**
 * The modified Gram-Schmidt process, in place: subtracts from each vector, in order, its components along the vectors before it. For independent normal
 * numbers the remaining products are at most 1e-10 in float64, far below the precision of float32. It uses only + − · / and square roots, so that the
 * bits are the same on every machine.
 */
function orthonormalize(vectors: readonly Float64Array[]): void {
  for (const [v, vector] of vectors.entries()) {
    for (let earlier = 0; earlier < v; earlier++) {
      const unit = vectors[earlier] as Float64Array;
      addScaled(vector, unit, -dot(vector, unit));
    }
    const length = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + factor * (from[i] as number);
}

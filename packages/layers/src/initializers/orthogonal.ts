// Parameters that start as a rotation: a matrix that keeps lengths.
import { ConvoyError, finiteNumber, formatShape, type Shape } from '@convoy/tensor';
import { defineInitializer, type Initializer } from '../initializer.ts';

export interface OrthogonalInitializerOptions {
  /** What the lengths are multiplied by; default 1. √2 before a ReLU. */
  readonly gain?: number;
}

const describe = defineInitializer<OrthogonalInitializerOptions, { readonly gain: number }>({
  type: 'orthogonal',
  settings: ({ gain = 1 }) => ({ gain: finiteNumber('gain', gain) }),
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
 * A random orthogonal matrix W times the gain, all such matrices equally likely: with the first dimension as rows and all others as columns,
 * W · Wᵀ = gain² · I, or Wᵀ · W = gain² · I where there are more rows than columns. It is the Q of the QR decomposition of a matrix of normal
 * numbers, with a positive diagonal of R. A. M. Saxe and others, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
 * networks", 2014. n numbers in m rows or columns, the fewer, take time n · m.
 * @throws ConvoyError CONVOY_INVALID_OPTION; a parameter of one dimension, such as a bias, is refused with CONVOY_SHAPE_MISMATCH
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
 * The modified Gram-Schmidt process, in place: from each vector, in order, its parts along those before it are taken. Independent normal numbers
 * are so far from dependent that float64 leaves products of 1e-10 at most, far below what float32 tells. Only + − · / and square roots, so the
 * bits are the same everywhere.
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

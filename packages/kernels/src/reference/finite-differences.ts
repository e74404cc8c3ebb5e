// Compares gradients with central differences. This works in float64 only: float32 has too few digits.

/** An element in which two gradients differ. */
export interface GradientMismatch {
  readonly index: number;
  /** The central difference. */
  readonly expected: number;
  /** The gradient under test. */
  readonly actual: number;
}

/** How gradients are compared with central differences. */
export interface FiniteDifferenceOptions {
  /** The distance h to both sides. Kinks (ReLU at 0, ties of a max pooling) must be further away. Default 1e-5. */
  readonly step?: number;
  /** The largest |actual − expected| / max(1, |expected|) that is accepted. Default 1e-7. */
  readonly tolerance?: number;
}

/**
 * ∂f/∂x[i] ≈ (f(x + h·eᵢ) − f(x − h·eᵢ)) / 2h for every i, with an error of O(h²).
 * `f` must not keep the array that it gets.
 */
export function numericalGradient(
  f: (x: Float64Array) => number,
  x: Float64Array,
  { step = 1e-5 }: FiniteDifferenceOptions = {},
): Float64Array {
  const probe = x.slice();
  return x.map((value, i) => {
    // Because of rounding, the distance is not exactly twice the step.
    const above = value + step;
    const below = value - step;
    probe[i] = above;
    const fAbove = f(probe);
    probe[i] = below;
    const fBelow = f(probe);
    probe[i] = value;
    return (fAbove - fBelow) / (above - below);
  });
}

/**
 * Compares a gradient ∂f/∂x at `x` with central differences, element by element.
 *
 * @returns the first element that differs; undefined if there is none
 */
export function gradientMismatch(
  f: (x: Float64Array) => number,
  x: Float64Array,
  gradient: Float64Array,
  options: FiniteDifferenceOptions = {},
): GradientMismatch | undefined {
  return firstMismatch(numericalGradient(f, x, options), gradient, options);
}

/** The first element in which a gradient differs from the numerical gradient. */
export function firstMismatch(
  expected: Float64Array,
  gradient: Float64Array,
  { tolerance = 1e-7 }: FiniteDifferenceOptions = {},
): GradientMismatch | undefined {
  if (gradient.length !== expected.length) {
    throw new RangeError(
      `The gradient has ${gradient.length} elements, but x has ${expected.length}. It needs one per element.`,
    );
  }
  // Not `>`, so that NaN is a mismatch.
  const index = expected.findIndex((e, i) => !(Math.abs(gradient[i]! - e) <= tolerance * Math.max(1, Math.abs(e))));
  return index < 0 ? undefined : { index, expected: expected[index]!, actual: gradient[index]! };
}

/**
 * Makes a function with one output from an operation with many: E(x) = Σ direction · op(x), whose gradient at the
 * output of the operation is `direction`.
 */
export function alongDirection(
  op: (x: Float64Array) => Float64Array,
  direction: Float64Array,
): (x: Float64Array) => number {
  return (x) => op(x).reduce((sum, y, i) => sum + y * direction[i]!, 0);
}

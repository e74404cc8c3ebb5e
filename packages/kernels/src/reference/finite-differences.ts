// Checks a gradient against central differences. In float64 only: float32 loses the digits that matter here.

/** One element at which two gradients part. */
export interface GradientMismatch {
  readonly index: number;
  /** The central difference. */
  readonly expected: number;
  /** The gradient under test. */
  readonly actual: number;
}

export interface FiniteDifferenceOptions {
  /** Distance h to either side; keep kinks (ReLU at 0, ties of a max pooling) further away than this. Default 1e-5. */
  readonly step?: number;
  /** Largest |actual − expected| / max(1, |expected|) that passes. Default 1e-7. */
  readonly tolerance?: number;
}

/**
 * ∂f/∂x[i] ≈ (f(x + h·eᵢ) − f(x − h·eᵢ)) / 2h for every i, with an error of O(h²).
 * `f` must not keep the array that it is given.
 */
export function numericalGradient(
  f: (x: Float64Array) => number,
  x: Float64Array,
  { step = 1e-5 }: FiniteDifferenceOptions = {},
): Float64Array {
  const probe = x.slice();
  return x.map((value, i) => {
    // What is really added is not exactly the step, so divide by what was.
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
 * Compares `gradient`, said to be ∂f/∂x at `x`, with central differences, each element by itself.
 *
 * @returns the first element that is wrong, or undefined if none is
 */
export function gradientMismatch(
  f: (x: Float64Array) => number,
  x: Float64Array,
  gradient: Float64Array,
  options: FiniteDifferenceOptions = {},
): GradientMismatch | undefined {
  const { tolerance = 1e-7 } = options;
  if (gradient.length !== x.length) {
    throw new RangeError(
      `The gradient has ${gradient.length} elements; expected ${x.length}, one for each of the point it is taken at.`,
    );
  }
  const expected = numericalGradient(f, x, options);
  // Not `>`: a NaN is a mismatch.
  const index = expected.findIndex((e, i) => !(Math.abs(gradient[i]! - e) <= tolerance * Math.max(1, Math.abs(e))));
  return index < 0 ? undefined : { index, expected: expected[index]!, actual: gradient[index]! };
}

/**
 * Turns an op with many outputs into a function to check: E(x) = Σ direction · op(x), whose gradient at the op's output
 * is `direction`.
 */
export function alongDirection(
  op: (x: Float64Array) => Float64Array,
  direction: Float64Array,
): (x: Float64Array) => number {
  return (x) => op(x).reduce((sum, y, i) => sum + y * direction[i]!, 0);
}

// Statistics of sets of numbers that are normalized together, in float64.
import type { NormShape } from '../../shapes.ts';

/** The indices of numbers that are normalized together. */
export type Members = readonly number[];

/** x̂ = (x − mean) / √(variance + epsilon) */
export function normalized(sets: readonly Members[], { epsilon }: NormShape, input: Float64Array): Float64Array {
  const output = new Float64Array(input.length);
  for (const members of sets) {
    const { mean, deviation } = statistics(members, epsilon, input);
    for (const i of members) output[i] = (input[i]! - mean) / deviation;
  }
  return output;
}

/** ∂E/∂x = (g − mean of g − x̂ · mean of g · x̂) / deviation, with g = ∂E/∂x̂. */
export function normalizedGradient(
  sets: readonly Members[],
  shape: NormShape,
  input: Float64Array,
  g: Float64Array,
): Float64Array {
  const x = normalized(sets, shape, input);
  const gradient = new Float64Array(input.length);
  for (const members of sets) {
    const { deviation } = statistics(members, shape.epsilon, input);
    const constant = meanOf(members, (i) => g[i]!);
    const slope = meanOf(members, (i) => g[i]! * x[i]!);
    for (const i of members) gradient[i] = (g[i]! - constant - x[i]! * slope) / deviation;
  }
  return gradient;
}

function statistics(members: Members, epsilon: number, input: Float64Array) {
  const mean = meanOf(members, (i) => input[i]!);
  const variance = meanOf(members, (i) => (input[i]! - mean) ** 2);
  return { mean, deviation: Math.sqrt(variance + epsilon) };
}

const meanOf = (members: Members, term: (i: number) => number): number =>
  members.reduce((sum, i) => sum + term(i), 0) / members.length;

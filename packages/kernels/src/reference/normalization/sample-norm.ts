// Normalizations of each sample by itself in float64: the twins that tests compare the fast kernels with. A scale and an offset belong to a
// channel.
import type { GroupNormShape, NormShape, PlanesShape } from '../../shapes.ts';
import { affine, channelProducts } from './planes.ts';

/**
 * y = (x − mean) / √(variance + epsilon) · scale[c] + offset[c], with the statistics of the channel's group in the sample.
 *
 * @param input (N, channels, area)
 */
export const groupNorm = (
  shape: GroupNormShape,
  batch: number,
  input: Float64Array,
  scale?: Float64Array,
  offset?: Float64Array,
): Float64Array => affine(shape, normalized(groupsOf(shape, batch), shape, input), scale, offset);

/** The same with the statistics of the pixel over its channels. */
export const normOverChannels = (
  shape: NormShape,
  batch: number,
  input: Float64Array,
  scale?: Float64Array,
  offset?: Float64Array,
): Float64Array => affine(shape, normalized(pixelsOf(shape, batch), shape, input), scale, offset);

/** ∂E/∂x of `groupNorm`. */
export const groupNormInputGradient = (
  shape: GroupNormShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
  scale?: Float64Array,
): Float64Array => normalizedGradient(groupsOf(shape, batch), shape, input, affine(shape, outputGradient, scale));

/** ∂E/∂x of `normOverChannels`. */
export const normOverChannelsInputGradient = (
  shape: NormShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
  scale?: Float64Array,
): Float64Array => normalizedGradient(pixelsOf(shape, batch), shape, input, affine(shape, outputGradient, scale));

/** ∂E/∂scale of `groupNorm`, of shape (channels). */
export const groupNormScaleGradient = (
  shape: GroupNormShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
): Float64Array => channelProducts(shape, normalized(groupsOf(shape, batch), shape, input), outputGradient);

/** ∂E/∂scale of `normOverChannels`, of shape (channels). */
export const normOverChannelsScaleGradient = (
  shape: NormShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
): Float64Array => channelProducts(shape, normalized(pixelsOf(shape, batch), shape, input), outputGradient);

/** Places of the numbers that are normalized together. */
type Members = readonly number[];

/** The cells of each group of each sample: they lie one behind the other. */
function groupsOf({ channels, area, groups }: GroupNormShape, batch: number): readonly Members[] {
  const size = (channels / groups) * area;
  return Array.from({ length: batch * groups }, (_, group) => Array.from({ length: size }, (_, i) => group * size + i));
}

/** The channels of each pixel of each sample. */
function pixelsOf({ channels, area }: PlanesShape, batch: number): readonly Members[] {
  return Array.from({ length: batch * area }, (_, pixel) => {
    const first = Math.floor(pixel / area) * channels * area + (pixel % area);
    return Array.from({ length: channels }, (_, c) => first + c * area);
  });
}

/** x̂ = (x − mean) / √(variance + epsilon) */
function normalized(sets: readonly Members[], { epsilon }: NormShape, input: Float64Array): Float64Array {
  const output = new Float64Array(input.length);
  for (const members of sets) {
    const { mean, deviation } = statistics(members, epsilon, input);
    for (const i of members) output[i] = (input[i]! - mean) / deviation;
  }
  return output;
}

/** ∂E/∂x = (g − mean of g − x̂ · mean of g · x̂) / deviation, with g = ∂E/∂x̂. */
function normalizedGradient(
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

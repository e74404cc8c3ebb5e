// Reference of the statistics of batch normalization in float64. Arrays of statistics have the layout of the kernels.
import type { PlanesShape } from '../../shapes.ts';
import { channelOf } from '../math/channels.ts';

/**
 * n, mean (channels) and Σ (x − mean)² (channels) over the samples whose weight is not 0; zeros if there are none.
 *
 * @param input (N, channels, area)
 * @param weights (N), by default all 1
 */
export function blockMoments(
  shape: PlanesShape,
  batch: number,
  input: Float64Array,
  weights?: ArrayLike<number>,
): Float64Array {
  const { channels, area } = shape;
  const samples = countedSamples(batch, weights);
  const n = samples.length * area;
  const means = sumsByChannel(shape, samples, (i) => input[i]!).map((sum) => sum / Math.max(n, 1));
  const squares = sumsByChannel(shape, samples, (i, c) => (input[i]! - means[c]!) ** 2);
  const partial = new Float64Array(1 + 2 * channels);
  partial[0] = n;
  partial.set(means, 1);
  partial.set(squares, 1 + channels);
  return partial;
}

/**
 * The statistics of all blocks: mean, 1 / √(variance + epsilon) and variance (channels each), then n, with mean = Σ
 * n[b] · mean[b] / n and variance = Σ (squares[b] + n[b] · (mean[b] − mean)²) / n. Blocks with n = 0 are ignored.
 */
export function combineMoments(channels: number, epsilon: number, partials: readonly Float64Array[]): Float64Array {
  const blocks = partials
    .filter((partial) => partial[0] !== 0)
    .map((partial) => ({
      n: partial[0]!,
      means: partial.subarray(1, 1 + channels),
      squares: partial.subarray(1 + channels),
    }));
  const n = blocks.reduce((sum, block) => sum + block.n, 0);
  const moments = new Float64Array(3 * channels + 1);
  for (let c = 0; c < channels; c++) {
    const mean = blocks.reduce((sum, block) => sum + (block.n * block.means[c]!) / n, 0);
    const squares = blocks.reduce((sum, block) => sum + block.squares[c]! + block.n * (block.means[c]! - mean) ** 2, 0);
    moments[c] = mean;
    moments[channels + c] = 1 / Math.sqrt(squares / n + epsilon);
    moments[2 * channels + c] = squares / n;
  }
  moments[3 * channels] = n;
  return moments;
}

/**
 * Σ ∂E/∂y (channels), then Σ ∂E/∂y · x̂ (channels), over the samples whose weight is not 0. These are the gradients of
 * offset and scale.
 */
export function blockGradientSums(
  shape: PlanesShape,
  batch: number,
  input: Float64Array,
  outputGradient: Float64Array,
  moments: Float64Array,
  weights?: ArrayLike<number>,
): Float64Array {
  const samples = countedSamples(batch, weights);
  const x = normalized(shape, input, moments);
  return Float64Array.of(
    ...sumsByChannel(shape, samples, (i) => outputGradient[i]!),
    ...sumsByChannel(shape, samples, (i) => outputGradient[i]! * x[i]!),
  );
}

/** Σ over the blocks. */
export const combineSums = (partials: readonly Float64Array[]): Float64Array =>
  partials[0]!.map((_, i) => partials.reduce((sum, partial) => sum + partial[i]!, 0));

/** x̂ = (x − mean) / deviation */
export function normalized(shape: PlanesShape, input: Float64Array, moments: Float64Array): Float64Array {
  return input.map((x, i) => (x - moments[channelOf(shape, i)]!) * moments[shape.channels + channelOf(shape, i)]!);
}

const countedSamples = (batch: number, weights?: ArrayLike<number>): readonly number[] =>
  Array.from({ length: batch }, (_, n) => n).filter((n) => weights?.[n] !== 0);

function sumsByChannel(
  { channels, area }: PlanesShape,
  samples: readonly number[],
  term: (i: number, c: number) => number,
): Float64Array {
  return Float64Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (const sample of samples) {
      const first = (sample * channels + c) * area;
      for (let i = first; i < first + area; i++) sum += term(i, c);
    }
    return sum;
  });
}

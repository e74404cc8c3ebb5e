// Kernels of the normalizations of each sample by itself against their twins.
import * as groups from '../../src/families/normalization/group-norm.ts';
import * as pixels from '../../src/families/normalization/norm-over-channels.ts';
import * as reference from '../../src/reference/index.ts';
import type { GroupNormShape, PlanesShape } from '../../src/shapes.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, unchanged, values } from '../harness.ts';

/** A normalization in both ways, kernels and twins. */
export interface Normalization {
  readonly forward: typeof groups.groupNorm;
  readonly savedFloats: typeof groups.groupNormSavedFloats;
  readonly scaleGradient: typeof groups.groupNormScaleGradient;
  readonly inputGradient: typeof groups.groupNormInputGradient;
  readonly twins: {
    readonly forward: typeof reference.groupNorm;
    readonly scaleGradient: typeof reference.groupNormScaleGradient;
    readonly inputGradient: typeof reference.groupNormInputGradient;
  };
}

export const groupNorm: Normalization = {
  forward: groups.groupNorm,
  savedFloats: groups.groupNormSavedFloats,
  scaleGradient: groups.groupNormScaleGradient,
  inputGradient: groups.groupNormInputGradient,
  twins: {
    forward: reference.groupNorm,
    scaleGradient: reference.groupNormScaleGradient,
    inputGradient: reference.groupNormInputGradient,
  },
};

export const normOverChannels: Normalization = {
  forward: pixels.normOverChannels,
  savedFloats: pixels.normOverChannelsSavedFloats,
  scaleGradient: pixels.normOverChannelsScaleGradient,
  inputGradient: pixels.normOverChannelsInputGradient,
  twins: {
    forward: reference.normOverChannels,
    scaleGradient: reference.normOverChannelsScaleGradient,
    inputGradient: reference.normOverChannelsInputGradient,
  },
};

/** Which parameters there are. */
export interface Used {
  readonly useScale: boolean;
  readonly useOffset: boolean;
}

export function checkNorm(
  norm: Normalization,
  shape: GroupNormShape,
  seed: number,
  used: Used,
  change = unchanged,
): void {
  const { x, scale, offset } = data(shape, seed, used);
  const kernel = change(norm.forward(shape, used));
  const [saved, y] = [new Float32Array(norm.savedFloats(shape)), toCells(x)].map((array) => array.fill(NaN));
  const actual = run(kernel, [toCells(x), ...floatsOf(scale), ...floatsOf(offset), saved!, y!]).at(-1)!;
  expectClose(fromCells(actual), norm.twins.forward(shape, SAMPLES, x, scale, offset));
}

export function checkNormScaleGradient(
  norm: Normalization,
  shape: GroupNormShape,
  seed: number,
  accumulate: boolean,
  change = unchanged,
): void {
  const { x, dy } = data(shape, seed);
  const earlier = values(shape.channels, seed, 5);
  const kernel = change(norm.scaleGradient(shape, accumulate));
  const dscale = run(kernel, [toCells(x), toCells(dy), savedOf(norm, shape, x), new Float32Array(earlier)]).at(-1)!;
  const expected = norm.twins.scaleGradient(shape, SAMPLES, x, dy);
  expectClose(dscale, accumulate ? expected.map((g, c) => g + earlier[c]!) : expected);
}

export function checkNormInputGradient(
  norm: Normalization,
  shape: GroupNormShape,
  seed: number,
  useScale: boolean,
  change = unchanged,
): void {
  const { x, dy, scale } = data(shape, seed, { useScale });
  const kernel = change(norm.inputGradient(shape, { useScale }));
  const cells = [toCells(x), toCells(dy), ...floatsOf(scale), savedOf(norm, shape, x), toCells(x).fill(NaN)];
  const dx = run(kernel, cells).at(-1)!;
  expectClose(fromCells(dx), norm.twins.inputGradient(shape, SAMPLES, x, dy, scale));
}

/** What the forward kernel keeps for the gradients. */
export function savedOf(norm: Normalization, shape: GroupNormShape, x: Float64Array): Float32Array {
  const kernel = norm.forward(shape, { useScale: false, useOffset: false });
  return run(kernel, [toCells(x), new Float32Array(norm.savedFloats(shape)), toCells(x)])[1]!;
}

const floatsOf = (parameter: Float64Array | undefined) => (parameter ? [new Float32Array(parameter)] : []);

/** Channels have different means. */
function data(
  { channels, area }: PlanesShape,
  seed: number,
  { useScale = true, useOffset = true }: Partial<Used> = {},
) {
  const size = SAMPLES * channels * area;
  return {
    x: values(size, seed, 1).map((v, i) => v + (Math.floor(i / area) % channels) / channels),
    dy: values(size, seed, 2),
    scale: useScale ? values(channels, seed, 3) : undefined,
    offset: useOffset ? values(channels, seed, 4) : undefined,
  };
}

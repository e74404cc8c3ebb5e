// Draws that several augmentations make.
import { power } from '@convoy/tensor/portable-math';
import type { RandomStream } from '@convoy/tensor/random';
import type { Bounds } from './option-checks.ts';

/** A number between the bounds. All are equally likely. */
export const drawBetween = (random: RandomStream, index: number, bounds: Bounds): number =>
  bounds[0] === bounds[1] ? bounds[0] : bounds[0] + (bounds[1] - bounds[0]) * random.uniform(index);

/** A whole number from 0 to count − 1. All are equally likely. */
export const drawBelow = (random: RandomStream, index: number, count: number): number =>
  Math.floor(count * random.uniform(index));

/** A ratio between the bounds, which are above 0. All parts of its logarithm are equally likely. */
export const drawRatio = (random: RandomStream, index: number, bounds: Bounds): number =>
  bounds[0] === bounds[1] ? bounds[0] : bounds[0] * power(bounds[1] / bounds[0], random.uniform(index));

// One sum per channel over the pixels of a plane.
import { add, splat } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import type { Vector } from '../../language/value.ts';
import type { PlanesShape } from '../../shapes.ts';

/** Channels that are summed side by side, so that additions do not wait for each other. */
const CHANNEL_TILE = 4;

/** For a channel, the term of each pixel. */
export type ChannelTerms = (channel: Index) => (pixel: Index) => Vector;

/** Sums the terms of each channel over the pixels, in order and in each lane, and passes the sum to `store`. */
export function forEachChannelSum(
  k: KernelBuilder,
  { channels, area }: PlanesShape,
  terms: ChannelTerms,
  store: (channel: Index, sum: Vector) => void,
): void {
  k.tiles('channel', channels, CHANNEL_TILE, (first, size) => {
    const tile = Array.from({ length: size }, (_, c) => ({
      termAt: terms(first.plus(c)),
      sum: k.variable('sum', splat(0)),
    }));
    k.loop('pixel', 0, area, (pixel) => {
      for (const { termAt, sum } of tile) sum.set(add(sum.value, termAt(pixel)));
    });
    for (const [c, { sum }] of tile.entries()) store(first.plus(c), sum.value);
  });
}

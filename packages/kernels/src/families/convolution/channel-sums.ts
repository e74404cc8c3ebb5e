// The gradient of a bias, which every cell of a channel shares.

import { add, load, loadScalar, scalarAdd, splat, sumLanes } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells, scalars } from '../../language/operands.ts';

/** Channels that are summed side by side, so that additions need not wait for each other. */
const CHANNEL_TILE = 4;

/**
 * ∂E/∂b[c] = Σ ∂E/∂y over samples and pixels. Each lane sums its sample's pixels in order; `sumLanes` adds the lanes.
 *
 * Arguments: dy cells (channels, area), db (added to when `accumulate`, else overwritten).
 */
export function channelSums(channels: number, area: number, accumulate = false) {
  return kernel('channelSums', { dy: cells(channels, area), db: scalars(channels) }, (k, { dy, db }) => {
    k.tiles('channel', channels, CHANNEL_TILE, (first, size) => {
      const sums = Array.from({ length: size }, () => k.variable('sum', splat(0)));
      k.loop('pixel', 0, area, (pixel) =>
        sums.forEach((sum, c) => {
          sum.set(add(sum.value, load(dy(first.plus(c), pixel))));
        }),
      );
      sums.forEach((sum, c) => {
        const place = db(first.plus(c));
        const total = sumLanes(sum.value);
        k.storeScalar(place, accumulate ? scalarAdd(loadScalar(place), total) : total);
      });
    });
  });
}

// The gradient of a bias: one number per channel.
import { load } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells, scalars } from '../../language/operands.ts';
import { accumulateLanes } from '../math/accumulate.ts';
import { forEachChannelSum } from '../math/channel-sums.ts';

/**
 * ∂E/∂b[c] = Σ ∂E/∂y over samples and pixels. Each lane sums the pixels of its sample in order; `sumLanes` adds the
 * lanes. With `accumulate`, the sum is added to db.
 */
export const channelSums = (channels: number, area: number, accumulate = false) =>
  kernel('channelSums', { dy: cells(channels, area), db: scalars(channels) }, (k, { dy, db }) =>
    forEachChannelSum(
      k,
      { channels, area },
      (c) => (pixel) => load(dy(c, pixel)),
      (c, sum) => accumulateLanes(k, db(c), sum, accumulate),
    ),
  );

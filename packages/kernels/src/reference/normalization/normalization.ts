// Scale and offset of normalizations in float64.
import type { PlanesShape } from '../../shapes.ts';
import { channelOf } from '../math/channels.ts';

/** x · scale[c] + offset[c]; a missing scale is 1, a missing offset 0. */
export const affine = (
  shape: PlanesShape,
  input: Float64Array,
  scale?: Float64Array,
  offset?: Float64Array,
): Float64Array => input.map((x, i) => x * (scale?.[channelOf(shape, i)] ?? 1) + (offset?.[channelOf(shape, i)] ?? 0));

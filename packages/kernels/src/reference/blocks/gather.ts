// Reference of the conversion of rows to blocks, with the rounding of float32.
import type { GatherShape } from '../../families/blocks/gather.ts';

/**
 * x = value · scale[c] + offset[c], rounded after the product and after the sum.
 *
 * @param rows (N, channels, area)
 * @returns (N, channels, area)
 */
export const gather = ({ channels, area, scale, offset }: GatherShape, rows: ArrayLike<number>): Float64Array =>
  Float64Array.from(rows, (value, i) => {
    const c = Math.floor(i / area) % channels;
    return Math.fround(Math.fround(value * Math.fround(scale[c]!)) + Math.fround(offset[c]!));
  });

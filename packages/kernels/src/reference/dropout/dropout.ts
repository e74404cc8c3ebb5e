// Reference of dropout, with float64 and the integers of JavaScript.
import type { DropoutShape } from '../../shapes.ts';

/**
 * 1 for each number that is kept, 0 for each that is dropped. The draws are those of the kernel.
 *
 * @param keys (N)
 * @returns (N, cells)
 */
export function dropoutMask(shape: DropoutShape, keys: ArrayLike<number>): Uint8Array {
  const { cells, channels = cells, rate, layerKey } = shape;
  const area = cells / channels;
  const mask = new Uint8Array(keys.length * cells);
  for (let n = 0; n < keys.length; n++) {
    const start = mix(keys[n]! ^ mix(layerKey));
    for (let c = 0; c < channels; c++) {
      const draw = (mix(start ^ mix(Math.imul(c, 0x9e3779b9))) >>> 8) / 2 ** 24;
      if (draw >= Math.fround(rate)) mask.fill(1, n * cells + c * area, n * cells + (c + 1) * area);
    }
  }
  return mask;
}

/**
 * y = x / (1 − rate) where the mask is 1, else 0; also ∂E/∂x of ∂E/∂y.
 *
 * @param input (N, cells)
 * @param keys (N)
 */
export function dropout(shape: DropoutShape, input: Float64Array, keys: ArrayLike<number>): Float64Array {
  const mask = dropoutMask(shape, keys);
  return input.map((x, i) => (mask[i] === 1 ? x / (1 - shape.rate) : 0));
}

/** `lowbias32` from C. Wellons' hash-prospector, public domain. */
function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

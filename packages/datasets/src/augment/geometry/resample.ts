// Planes whose pixels come from other places of a source, as an affine map says.
import { type AffineMap, isGridMap } from './affine-map.ts';

/** How values between the pixels of an image are found: the pixel that is there, or the four around it. */
export type Interpolation = 'nearest' | 'bilinear';

/** Planes of numbers, [channels, height, width], row-major. */
export interface Planes {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** What planes are stored in. */
export type NumberArray = Uint8Array | Int32Array | Float32Array;

/**
 * target[channel, i, j] = the source at map(j + ½, i + ½), or fill[channel] where that is outside of the source. The
 * source is the area from 0 to the width and from 0 to the height: at its border, bilinear interpolation repeats its
 * pixels. Whole numbers are rounded, half of them up. Source and target must not overlap. Allocates nothing.
 */
export function resample(
  planes: Planes,
  source: NumberArray,
  sourceOffset: number,
  target: NumberArray,
  targetOffset: number,
  map: AffineMap,
  fill: Float64Array,
  interpolation: Interpolation,
): void {
  if (isGridMap(map)) copyGrid(planes, source, sourceOffset, target, targetOffset, map, fill);
  else if (interpolation === 'nearest') nearest(planes, source, sourceOffset, target, targetOffset, map, fill);
  else bilinear(planes, source, sourceOffset, target, targetOffset, map, fill);
}

/** Flips and shifts. */
function copyGrid(
  { channels, height, width }: Planes,
  source: NumberArray,
  sourceOffset: number,
  target: NumberArray,
  targetOffset: number,
  map: AffineMap,
  fill: Float64Array,
): void {
  const stepX = map[0] as number;
  const stepY = map[4] as number;
  // The source of pixel (0, 0): its center, moved back to the corner of a pixel.
  const firstX = (map[2] as number) + (stepX < 0 ? -1 : 0);
  const firstY = (map[5] as number) + (stepY < 0 ? -1 : 0);
  // The columns from `begin` to `end` − 1 come from inside of the image.
  const begin = clamp(stepX > 0 ? -firstX : firstX - width + 1, width);
  const end = clamp(stepX > 0 ? width - firstX : firstX + 1, width);
  for (let channel = 0; channel < channels; channel++) {
    const outside = fill[channel] as number;
    for (let i = 0; i < height; i++) {
      const y = firstY + i * stepY;
      const isInside = y >= 0 && y < height;
      const from = sourceOffset + (channel * height + y) * width + firstX;
      const to = targetOffset + (channel * height + i) * width;
      const copied = isInside ? end : begin;
      for (let j = 0; j < begin; j++) target[to + j] = outside;
      for (let j = begin; j < copied; j++) target[to + j] = source[from + j * stepX] as number;
      for (let j = copied; j < width; j++) target[to + j] = outside;
    }
  }
}

/** The nearest number from 0 to `most`. */
const clamp = (number: number, most: number): number => Math.min(Math.max(number, 0), most);

function nearest(
  { channels, height, width }: Planes,
  source: NumberArray,
  sourceOffset: number,
  target: NumberArray,
  targetOffset: number,
  map: AffineMap,
  fill: Float64Array,
): void {
  const size = height * width;
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const x = xAt(map, i, j);
      const y = yAt(map, i, j);
      const isInside = x >= 0 && x < width && y >= 0 && y < height;
      const from = sourceOffset + (isInside ? Math.floor(y) * width + Math.floor(x) : 0);
      const to = targetOffset + i * width + j;
      for (let channel = 0; channel < channels; channel++) {
        target[to + channel * size] = (isInside ? source[from + channel * size] : fill[channel]) as number;
      }
    }
  }
}

function bilinear(
  { channels, height, width }: Planes,
  source: NumberArray,
  sourceOffset: number,
  target: NumberArray,
  targetOffset: number,
  map: AffineMap,
  fill: Float64Array,
): void {
  const size = height * width;
  // A typed array of whole numbers drops fractions.
  const rounding = target.BYTES_PER_ELEMENT === 1 ? 0.5 : 0;
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const x = xAt(map, i, j);
      const y = yAt(map, i, j);
      const to = targetOffset + i * width + j;
      if (!(x >= 0 && x < width && y >= 0 && y < height)) {
        for (let channel = 0; channel < channels; channel++) target[to + channel * size] = fill[channel] as number;
        continue;
      }
      const left = Math.floor(x - 0.5);
      const top = Math.floor(y - 0.5);
      const right = x - 0.5 - left;
      const bottom = y - 0.5 - top;
      const above = sourceOffset + Math.max(top, 0) * width;
      const below = sourceOffset + Math.min(top + 1, height - 1) * width;
      const columnLeft = Math.max(left, 0);
      const columnRight = Math.min(left + 1, width - 1);
      for (let channel = 0; channel < channels; channel++) {
        const plane = channel * size;
        const aboveLeft = source[above + plane + columnLeft] as number;
        const belowLeft = source[below + plane + columnLeft] as number;
        const valueAbove = aboveLeft + right * ((source[above + plane + columnRight] as number) - aboveLeft);
        const valueBelow = belowLeft + right * ((source[below + plane + columnRight] as number) - belowLeft);
        target[to + plane] = valueAbove + bottom * (valueBelow - valueAbove) + rounding;
      }
    }
  }
}

/** Where the center of the pixel in row i and column j comes from. */
const xAt = (map: AffineMap, i: number, j: number): number =>
  (map[0] as number) * (j + 0.5) + (map[1] as number) * (i + 0.5) + (map[2] as number);

const yAt = (map: AffineMap, i: number, j: number): number =>
  (map[3] as number) * (j + 0.5) + (map[4] as number) * (i + 0.5) + (map[5] as number);

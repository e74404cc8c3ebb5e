// What several augmentations of pixel values have in common.
import { ConvoyError, formatShape } from '@convoy/tensor';
import type { Canvas, SampleForm } from './canvas.ts';

/** How a number is stored in a row. */
export type Store = (value: number) => number;

/** Bytes are rounded, half up, and limited to 0 … 255. Float32 numbers are stored as they are, without a limit. */
export const storeFor = ({ element }: SampleForm): Store => (element === 'uint8' ? toByte : asIs);

const toByte: Store = (value) => (value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5));

const asIs: Store = (value) => value;

/** The numbers of a channel. */
export const planeSize = ({ height, width }: SampleForm): number => height * width;

/** The numbers of a sample. */
export const rowSize = ({ channels, height, width }: SampleForm): number => channels * height * width;

// ITU-R BT.601.
const RED = 0.299;
const GREEN = 0.587;
const BLUE = 0.114;

/** The luminance of the pixel at `index` of RGB planes of this size. */
export const luminance = (row: ArrayLike<number>, index: number, plane: number): number =>
  RED * (row[index] as number) + GREEN * (row[index + plane] as number) + BLUE * (row[index + 2 * plane] as number);

/** @throws ConvoyError CONVOY_SHAPE_MISMATCH unless samples have three channels */
export function requireColor(type: string, { channels, height, width }: SampleForm): void {
  if (channels === 3) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${type} for samples of shape ${formatShape([channels, height, width])}`,
    expected: 'samples with the three channels red, green and blue',
    fix: `Leave ${type} out.`,
  });
}

/** @throws ConvoyError CONVOY_INVALID_DATA unless samples are bytes, because the operation needs to know black and white */
export function requireBytes(type: string, { element }: SampleForm): void {
  if (element === 'uint8') return;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${type} for samples of ${element}`,
    expected: 'samples of bytes, from 0 (black) to 255 (white)',
    fix: `Create the data set from a Uint8Array, or leave ${type} out.`,
  });
}

/** Sets a rectangle of all channels. */
export function fillRectangle(
  { row, offset, form: { channels, height, width } }: Canvas,
  top: number,
  left: number,
  bottom: number,
  right: number,
  fill: Float64Array,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const value = fill[channel] as number;
    for (let i = top; i < bottom; i++) {
      const line = offset + (channel * height + i) * width;
      for (let j = left; j < right; j++) row[line + j] = value;
    }
  }
}

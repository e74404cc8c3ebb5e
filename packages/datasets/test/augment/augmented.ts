// Augments one sample.
import { type Augmentation, Augmenter, type AugmenterOptions } from '@convoy/datasets/augment';

export interface Key {
  readonly seed?: number;
  readonly epoch?: number;
  readonly sample?: number;
}

/** The augmented form of one row. */
export function augmented<R extends Uint8Array | Float32Array>(
  row: R,
  sampleShape: readonly number[],
  operations: readonly Augmentation[],
  { seed = 1, epoch = 0, sample = 0 }: Key = {},
): R {
  const element: AugmenterOptions['element'] = row.BYTES_PER_ELEMENT === 1 ? 'uint8' : 'float32';
  const to = new (element === 'uint8' ? Uint8Array : Float32Array)(row.length);
  new Augmenter(operations, { sampleShape, element, seed }).apply(row, 0, to, 0, epoch, sample);
  return to as R;
}

/** The greatest difference between two rows. */
export const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, number, i) => Math.max(most, Math.abs(number - (b[i] as number))), 0);

// Augmentations compared with torchvision, Pillow and SciPy: golden/augmentation.py.
import * as augment from '@convoy/datasets/augment';
import { describe, expect, it, test } from 'vitest';
import { augmented, difference } from './augmented.ts';
import { decoded, golden } from './golden.ts';

const { height, width } = golden;
const imageOf = (name: keyof typeof golden.images) => {
  const row = decoded(golden.images[name], name === 'float' ? 'float32' : 'uint8');
  return { row, shape: [name === 'color' ? 3 : 1, height, width] };
};
const described = (operation: string, options: object): augment.Augmentation =>
  (augment as unknown as Record<string, (options: object) => augment.Augmentation>)[operation]?.(
    options,
  ) as augment.Augmentation;

/** Operations that only move or select numbers have to give the same ones. */
const EXACT = ['horizontalFlip', 'verticalFlip', 'posterize', 'solarize'];

describe('torchvision', () => {
  it.each(golden.cases)('$operation of the $image image with $options', ({ image, operation, options, result }) => {
    const { row, shape } = imageOf(image);
    const expected = decoded(result, image === 'float' ? 'float32' : 'uint8');
    const isExact = EXACT.includes(operation) || ('interpolation' in options && options.interpolation === 'nearest');
    const tolerance = isExact ? 0 : image === 'float' ? 1e-5 : 1;
    expect(difference(augmented(row, shape, [described(operation, options)]), expected)).toBeLessThanOrEqual(tolerance);
  });

  it('equalize', () => {
    const { shape, image, result } = golden.equalize;
    expect([...augmented(decoded(image), shape, [augment.equalize()])]).toEqual([...decoded(result)]);
  });
});

test.each(golden.randomCrops)(
  'randomCrop with $options reaches every crop, and nothing else',
  ({ options, results }) => {
    const { row, shape } = imageOf('gray');
    const size = row.length;
    const crops = decoded(results);
    const places = Array.from({ length: crops.length / size }, (_, i) => crops.subarray(i * size, (i + 1) * size));
    const seen = new Set<number>();
    for (let sample = 0; sample < 40 * places.length; sample++) {
      const seenNow = augmented(row as Uint8Array, shape, [described('randomCrop', options)], { sample });
      const place = places.findIndex((crop) => difference(crop, seenNow) <= 1);
      expect(place).toBeGreaterThanOrEqual(0);
      seen.add(place);
    }
    expect(seen.size).toBe(places.length);
  },
);

// How often augmentations draw what they draw: over 20 000 keys, all bounds are four standard deviations.
import * as augment from '@convoy/datasets/augment';
import { describe, expect, it, test } from 'vitest';
import { augmented, difference } from './augmented.ts';

const KEYS = 20_000;
const keys = Array.from({ length: KEYS }, (_, n) => ({ epoch: Math.floor(n / 5000), sample: n % 5000 }));

/** The share of keys for which a row meets a condition. */
function share(operations: readonly augment.Augmentation[], meets: (row: Uint8Array) => boolean, row = ROW): number {
  const augmenter = new augment.Augmenter(operations, { sampleShape: [1, 3, 4], element: 'uint8', seed: 5 });
  const to = new Uint8Array(row.length);
  const count = keys.filter(({ epoch, sample }) => {
    augmenter.apply(row, 0, to, 0, epoch, sample);
    return meets(to);
  }).length;
  return count / KEYS;
}

const ROW = Uint8Array.from({ length: 12 }, (_, i) => i * 20 + 10);
const isSame = (row: Uint8Array) => difference(row, ROW) === 0;
const expectShare = (seen: number, probability: number) =>
  expect(Math.abs(seen - probability)).toBeLessThan(4 * Math.sqrt((probability * (1 - probability)) / KEYS));

test.each([
  ['horizontalFlip', augment.horizontalFlip(), 0.5],
  ['horizontalFlip', augment.horizontalFlip({ probability: 0.2 }), 0.2],
  ['verticalFlip', augment.verticalFlip({ probability: 0.9 }), 0.9],
  ['sometimes', augment.sometimes(0.3, augment.solarize({ threshold: 0 })), 0.3],
  ['sometimes in sometimes', augment.sometimes(0.5, augment.sometimes(0.5, augment.solarize({ threshold: 0 }))), 0.25],
  ['randomErasing', augment.randomErasing({ probability: 0.6, scale: [0.1, 0.1], ratio: [1, 1], fill: 1 }), 0.6],
])('%s changes its share of samples', (_, operation, probability) => {
  expectShare(1 - share([operation], isSame), probability);
});

describe('randomCrop', () => {
  it('takes each place equally often', () => {
    // The value of the first pixel tells the place.
    const places = Array.from({ length: 12 }, (_, i) => i);
    for (const place of places) {
      const [top, left] = [Math.floor(place / 4), place % 4];
      const meets = (row: Uint8Array) => row[2 * 4 + 3] === ROW[top * 4 + left];
      const [rows, columns] = [2 * 2 + 1, 2 * 3 + 1];
      // The last pixel is pixel (top, left) of the image for one of rows · columns shifts.
      expectShare(share([augment.randomCrop({ padding: [2, 3], fill: 0 })], meets), 1 / (rows * columns));
    }
  });
});

describe('oneOf', () => {
  it('takes each equally often', () => {
    const levels = [0, 80, 160].map((threshold) => augment.solarize({ threshold }));
    const first = ROW[4] as number;
    expectShare(1 - share([augment.oneOf(levels)], (row) => row[4] === first), 2 / 3);
    expectShare(1 - share([augment.oneOf(levels)], (row) => row[0] === ROW[0]), 1 / 3);
  });
});

describe('randAugment', () => {
  it('takes identity and operations without effect as often as each other', () => {
    // With magnitude 0, only solarize from 255 on, posterize of 8 bits and the others have no effect: what remains is
    // autoContrast. Equalize needs 255 pixels.
    const seen = share([augment.randAugment({ operations: 1, magnitude: 0 })], isSame);
    expectShare(1 - seen, 1 / 14);
  });

  it('goes both ways equally often', () => {
    const isBrighter = (row: Uint8Array) => row[0] === 19 && row[1] === 57;
    const isDarker = (row: Uint8Array) => row[0] === 1 && row[1] === 3;
    const operation = augment.randAugment({ operations: 1, magnitude: 30 });
    expectShare(share([operation], isBrighter), 1 / 28);
    expectShare(share([operation], isDarker), 1 / 28);
  });
});

it.each([
  [3, 4],
  [4, 3],
])('randomErasing erases no rectangle as high or as wide as an image of %i × %i', (height, width) => {
  const square = augment.randomErasing({ probability: 1, scale: [0.75, 0.75], ratio: [1, 1], fill: 0 });
  expect(augmented(ROW, [1, height, width], [square])).toEqual(ROW);
});

describe('alternate flips', () => {
  const flip = [augment.horizontalFlip({ alternate: true })];
  const isFlipped = (epoch: number, sample: number) => !isSame(augmented(ROW, [1, 3, 4], flip, { epoch, sample }));

  it('flip each sample in every second epoch', () => {
    for (let sample = 0; sample < 200; sample++) {
      const first = isFlipped(0, sample);
      expect([1, 2, 3, 4, 7, 10].map((epoch) => isFlipped(epoch, sample))).toEqual(
        [1, 2, 3, 4, 7, 10].map((epoch) => (epoch % 2 === 0 ? first : !first)),
      );
    }
  });

  it('begin with half of the samples', () => {
    const count = Array.from({ length: 4000 }, (_, sample) => isFlipped(0, sample)).filter(Boolean).length;
    expect(Math.abs(count / 4000 - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 4000));
  });

  it('of both directions are independent', () => {
    const both = [augment.horizontalFlip({ alternate: true }), augment.verticalFlip({ alternate: true })];
    expectShare(share(both, isSame), 0.25);
  });
});

describe('amounts', () => {
  // A gray level of 100 becomes 100 · factor.
  const gray = new Uint8Array(12).fill(100);

  it('are uniformly distributed between their bounds', () => {
    for (const [least, greatest, part] of [
      [0, 49, 0.25],
      [50, 99, 0.25],
      [100, 149, 0.25],
      [150, 199, 0.25],
    ] as const) {
      const meets = ([level = 0]: Uint8Array) => level >= least && level <= greatest;
      // Rounding moves half a level from one quarter to the next.
      const seen = share([augment.brightness({ factor: [0, 2] })], meets, gray);
      expect(Math.abs(seen - part)).toBeLessThan(0.0125 + 0.003);
    }
  });

  it('of noise have the deviation that was given', () => {
    const row = new Uint8Array(10_000).fill(128);
    const seen = augmented(row, [1, 100, 100], [augment.gaussianNoise({ deviation: 20 })]);
    const [mean, variance] = [0, 1].map((power) => {
      const terms = Array.from(seen, (level) => (power === 0 ? level : (level - 128) ** 2));
      return terms.reduce((sum, term) => sum + term, 0) / row.length;
    });
    expect(Math.abs((mean as number) - 128)).toBeLessThan((4 * 20) / Math.sqrt(row.length));
    // The variance of rounding is 1/12.
    expect(Math.abs((variance as number) - 400.1)).toBeLessThan(4 * 400 * Math.sqrt(2 / row.length));
  });
});

it('draws other numbers in another epoch, for another sample, with another seed and for another operation', () => {
  const row = Uint8Array.from({ length: 300 }, (_, i) => i & 255);
  const noise = augment.gaussianNoise({ deviation: 30 });
  const seen = [
    augmented(row, [3, 10, 10], [noise]),
    augmented(row, [3, 10, 10], [noise], { epoch: 1 }),
    augmented(row, [3, 10, 10], [noise], { sample: 1 }),
    augmented(row, [3, 10, 10], [noise], { seed: 2 }),
    augmented(row, [3, 10, 10], [augment.horizontalFlip({ probability: 0 }), noise]),
  ];
  expect(new Set(seen.map((one) => one.join())).size).toBe(seen.length);
});

// Every augmentation compared with its reference in float64, on random samples of bytes and of float32 numbers.
import * as augment from '@convoy/datasets/augment';
import { RandomStream } from '@convoy/tensor/random';
import { describe, expect, it, test } from 'vitest';
import { augmented, difference } from './augmented.ts';
import { type Back, cropped, type Form, flipped, followedBack, moved, resizedCrop } from './reference-geometry.ts';
import * as pixels from './reference-pixels.ts';

const SEED = 7;
const SAMPLES = 25;
const color: Form = { channels: 3, height: 13, width: 17 };

/** The random numbers of an operation, as the docstrings of `SampleKey` and `RandomStream` say. */
function numbersOf(operation: number, epoch: number, sample: number): RandomStream {
  const [ofSample, ofOperation] = [new RandomStream(0, ''), new RandomStream(0, '')];
  ofSample.enterSubstream(new RandomStream(SEED, 'augment', epoch), sample);
  ofOperation.enterSubstream(ofSample, operation);
  return ofOperation;
}

function randomRow({ channels, height, width }: Form, element: 'uint8' | 'float32', sample: number) {
  const random = new RandomStream(sample, 'test');
  const length = channels * height * width;
  return element === 'uint8'
    ? Uint8Array.from({ length }, (_, i) => random.uint32(i) & 255)
    : Float32Array.from({ length }, (_, i) => random.normal(i));
}

type Reference = (row: ArrayLike<number>, form: Form, random: (operation: number) => RandomStream) => Float64Array;

/** The greatest difference between the augmentations and a reference, over many samples. */
function worst(
  operations: readonly augment.Augmentation[],
  reference: Reference,
  element: 'uint8' | 'float32',
  form: Form,
): number {
  return Array.from({ length: SAMPLES }, (_, sample) => {
    const row = randomRow(form, element, sample);
    const key = { seed: SEED, epoch: 3, sample };
    const seen = augmented<Uint8Array | Float32Array>(row, [form.channels, form.height, form.width], operations, key);
    const exact = reference(row, form, (operation) => numbersOf(operation, 3, sample));
    const expected = element === 'uint8' ? exact.map((v) => Math.min(255, Math.max(0, Math.round(v)))) : exact;
    return difference(seen, expected);
  }).reduce((most, one) => Math.max(most, one));
}

/** Float64 sums in another order may round another way: half a level at most, and 10⁻⁶ of numbers up to 10. */
const TOLERANCE = { uint8: 1, float32: 1e-5 };

const angles = [-40, 70] as const;
const affineSettings = {
  degrees: angles,
  translate: { x: [-0.3, 0.2], y: [0, 0.4] },
  scale: [0.7, 1.4],
  shear: { x: [-20, 10], y: [-5, 15] },
} as const;

const geometric: readonly [string, augment.Augmentation, (random: RandomStream, form: Form) => Back, boolean?][] = [
  ['horizontalFlip', augment.horizontalFlip({ probability: 1 }), (_, form) => flipped(form, true)],
  ['verticalFlip', augment.verticalFlip({ probability: 1 }), (_, form) => flipped(form, false)],
  ['randomCrop', augment.randomCrop({ padding: 3, fill: 5 }), (random, form) => cropped(random, form, 3)],
  [
    'randomCrop with a size',
    augment.randomCrop({ padding: 2, fill: 5, size: [9, 20] }),
    (random, form) => cropped(random, form, 2, [9, 20]),
  ],
  [
    'randomResizedCrop',
    augment.randomResizedCrop({ scale: [0.1, 0.6], ratio: [0.8, 1.2] }),
    (random, form) => resizedCrop(random, form, [0.1, 0.6], [0.8, 1.2]),
  ],
  ['rotate', augment.rotate({ degrees: angles, fill: 5 }), (random, form) => moved(random, form, { degrees: angles })],
  [
    'rotate, nearest',
    augment.rotate({ degrees: angles, fill: 5, interpolation: 'nearest' }),
    (random, form) => moved(random, form, { degrees: angles }),
    false,
  ],
  [
    'translate',
    augment.translate({ x: 0.3, y: [0, 0.5], fill: 5 }),
    (random, form) => moved(random, form, { translate: { x: [-0.3, 0.3], y: [0, 0.5] } }),
  ],
  ['scale', augment.scale({ factor: [0.5, 2], fill: 5 }), (random, form) => moved(random, form, { scale: [0.5, 2] })],
  ['affine', augment.affine({ ...affineSettings, fill: 5 }), (random, form) => moved(random, form, affineSettings)],
];

const range = [0.2, 1.9] as const;
const linear: readonly [string, augment.Augmentation, Reference][] = [
  [
    'brightness',
    augment.brightness({ factor: range }),
    (row, form, random) => pixels.brightness(row, form, random(0), range),
  ],
  [
    'contrast',
    augment.contrast({ factor: range }),
    (row, form, random) => pixels.contrast(row, form, random(0), range),
  ],
  [
    'saturation',
    augment.saturation({ factor: range }),
    (row, form, random) => pixels.saturation(row, form, random(0), range),
  ],
  [
    'grayscale',
    augment.grayscale({ probability: 0.5 }),
    (row, form, random) => pixels.grayscale(row, form, random(0), 0.5),
  ],
  [
    'gaussianNoise',
    augment.gaussianNoise({ deviation: [0, 2] }),
    (row, form, random) => pixels.gaussianNoise(row, form, random(0), [0, 2]),
  ],
  [
    'sharpness',
    augment.sharpness({ factor: range }),
    (row, form, random) => pixels.sharpness(row, form, random(0), range),
  ],
  [
    'cutout',
    augment.cutout({ size: [4, 5], holes: 2, fill: [1, 2, 3] }),
    (row, form, random) => {
      const holes = [0, 2].map((draw) => {
        const top = Math.floor(random(0).uniform(draw) * form.height) - 2;
        const left = Math.floor(random(0).uniform(draw + 1) * form.width) - 2;
        return [top, left, top + 4, left + 5];
      });
      return pixels.hidden(row, form, holes, [1, 2, 3]);
    },
  ],
  [
    'randomErasing',
    augment.randomErasing({ probability: 1, scale: [0.1, 0.2], ratio: [0.9, 1.1], fill: 3 }),
    (row, form, random) => {
      const area = form.height * form.width * (0.1 + 0.1 * random(0).uniform(1));
      const aspect = 0.9 * (1.1 / 0.9) ** random(0).uniform(2);
      const [rows, columns] = [Math.round(Math.sqrt(area * aspect)), Math.round(Math.sqrt(area / aspect))];
      const top = Math.floor(random(0).uniform(21) * (form.height - rows + 1));
      const left = Math.floor(random(0).uniform(22) * (form.width - columns + 1));
      return pixels.hidden(row, form, [[top, left, top + rows, left + columns]], [3, 3, 3]);
    },
  ],
];

const ofBytes: readonly [string, augment.Augmentation, Reference][] = [
  ['hue', augment.hue({ shift: 0.5 }), (row, form, random) => pixels.hue(row, form, random(0), [-0.5, 0.5])],
  ['posterize', augment.posterize({ bits: 3 }), (row) => pixels.posterize(row, 3)],
  ['solarize', augment.solarize({ threshold: 90 }), (row) => pixels.solarize(row, 90)],
  ['autoContrast', augment.autoContrast(), (row, form) => pixels.autoContrast(row, form)],
  ['equalize', augment.equalize(), (row, form) => pixels.equalize(row, form)],
];

describe.each(['uint8', 'float32'] as const)('of %s', (element) => {
  it.each(geometric)('%s moves pixels', (_, operation, back, isBilinear = true) => {
    const reference: Reference = (row, form, random) => followedBack(row, form, [back(random(0), form)], 5, isBilinear);
    expect(worst([operation], reference, element, color)).toBeLessThanOrEqual(TOLERANCE[element]);
  });

  it.each(linear)('%s changes numbers', (_, operation, reference) => {
    expect(worst([operation], reference, element, color)).toBeLessThanOrEqual(TOLERANCE[element]);
  });

  it('geometric operations are composed, and pixels are resampled once', () => {
    const operations = geometric.filter(([name]) => !name.includes('nearest'));
    const reference: Reference = (row, form, random) => {
      const backs = operations.map(([, , back], number) => back(random(number), form));
      return followedBack(row, form, backs, 5, true);
    };
    const list = operations.map(([, operation]) => operation);
    expect(worst(list, reference, element, color)).toBeLessThanOrEqual(TOLERANCE[element]);
  });
});

it('flips and crops copy whole pixels', () => {
  const list = [
    augment.randomCrop({ padding: 5, fill: 7 }),
    augment.horizontalFlip({ probability: 1 }),
    augment.verticalFlip({ probability: 1 }),
  ];
  const reference: Reference = (row, form, random) => {
    const backs = [cropped(random(0), form, 5), flipped(form, true), flipped(form, false)];
    return followedBack(row, form, backs, 7, false);
  };
  expect(worst(list, reference, 'uint8', color)).toBe(0);
  expect(worst(list.slice(0, 2), (...given) => reverseRows(reference(...given), color), 'uint8', color)).toBe(0);
});

/** Undoes a vertical flip. */
function reverseRows(row: Float64Array, { height, width }: Form): Float64Array {
  return row.map((_, n) => {
    const line = Math.floor(n / width);
    const plane = Math.floor(line / height);
    return row[(plane * height + height - 1 - (line % height)) * width + (n % width)] as number;
  });
}

it.each(ofBytes)('%s changes bytes', (_, operation, reference) => {
  const large = { channels: 3, height: 30, width: 31 };
  // Only hues and stretched levels are rounded.
  const tolerance = ['hue', 'autoContrast'].includes(operation.type) ? 1 : 0;
  expect(worst([operation], reference, 'uint8', large)).toBeLessThanOrEqual(tolerance);
});

describe('a wrong variant is found:', () => {
  const rotation = augment.rotate({ degrees: angles, fill: 5 });
  const right = (random: RandomStream, form: Form) => moved(random, form, { degrees: angles });
  const wrong: readonly [string, augment.Augmentation, Reference][] = [
    [
      'clockwise',
      rotation,
      (row, form, random) => followedBack(row, form, [moved(random(0), form, { degrees: [40, -70] })], 5, true),
    ],
    ['nearest', rotation, (row, form, random) => followedBack(row, form, [right(random(0), form)], 5, false)],
    ['another fill', rotation, (row, form, random) => followedBack(row, form, [right(random(0), form)], 7, true)],
    [
      'about a corner of the middle pixel',
      rotation,
      (row, form, random) => followedBack(row, form, [([x, y]) => right(random(0), form)([x + 0.5, y + 0.5])], 5, true),
    ],
    [
      'the numbers of another operation',
      rotation,
      (row, form, random) => followedBack(row, form, [right(random(1), form)], 5, true),
    ],
    [
      'another factor',
      augment.brightness({ factor: range }),
      (row, form, random) => pixels.brightness(row, form, random(0), [0.22, 1.9]),
    ],
    [
      'colors in another order',
      augment.saturation({ factor: range }),
      (row, form, random) => pixels.saturation(Array.from(row).reverse(), form, random(0), range).reverse(),
    ],
    [
      'hues to the other side',
      augment.hue({ shift: [0.1, 0.2] }),
      (row, form, random) => pixels.hue(row, form, random(0), [-0.1, -0.2]),
    ],
  ];

  test.each(wrong)('%s', (_, operation, reference) => {
    expect(worst([operation], reference, 'uint8', color)).toBeGreaterThan(1);
  });

  test('the same operations in another order', () => {
    const list = [augment.randomCrop({ padding: 3, fill: 5 }), augment.horizontalFlip({ probability: 1 })];
    const reference: Reference = (row, form, random) =>
      followedBack(row, form, [flipped(form, true), cropped(random(0), form, 3)], 5, true);
    expect(worst(list, reference, 'uint8', color)).toBeGreaterThan(1);
  });
});

// A picture of samples and of what augmentation makes of them.
import { ConvoyError, positiveInteger, type Shape } from '@convoy/tensor';
import { checkOptions, checkSeed, listOf, optional } from '@convoy/tensor/checks';
import type { Dataset } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import type { Augmentation } from './augmentation.ts';
import { AugmentedSamples, rowsFor } from './augmented-samples.ts';
import type { Row } from './canvas.ts';
import { augmentation, epochNumber } from './option-checks.ts';

/** Options of `contactSheet`. */
export interface ContactSheetOptions {
  /** The augmentations of single samples, in their order. */
  readonly augment: readonly Augmentation[];
  /** The seed of the trainer. */
  readonly seed: number;
  /** The number of the first epoch that is shown, default 0. */
  readonly epoch?: number;
  /** How many samples are shown, one in each row; default 8, or all if there are fewer. */
  readonly rows?: number;
  /** The sample itself, and its augmented form in one epoch after the other: from 1 to 1000, default 9. */
  readonly columns?: number;
  /** Each pixel becomes a square of this size, from 1 to 64; default 1. */
  readonly zoom?: number;
}

/** A picture. */
export interface ContactSheet {
  /** (height, width, channels), row-major: the order in which encoders of images take pixels. */
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  /** 1 for gray, 3 for red, green and blue. */
  readonly channels: 1 | 3;
}

const MAX_COLUMNS = 1000;
const MAX_ROWS = 1000;
const MAX_ZOOM = 64;
/** More pixels than this are no picture to look at. */
const MAX_PIXELS = 2 ** 28;
/** The pixels between pictures, and their level. */
const GAP = 2;
const BACKGROUND = 96;

/**
 * A picture with the first samples of a data set in the first column, and what training sees of them in the columns
 * beside it, one for each epoch. Samples with three channels or more are shown in color, from their first three
 * channels; others in gray, from their first one. The levels of float32 samples reach from the least to the greatest
 * number of the samples that are shown.
 *
 * ```ts
 * const { pixels, ...raw } = await contactSheet(train, { augment: [randomCrop({ padding: 4 })], seed: 1, zoom: 2 });
 * await sharp(pixels, { raw }).toFile('sheet.png');
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME, CONVOY_INVALID_DATA
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH for augmentations that cannot augment such samples
 */
export async function contactSheet(dataset: Dataset, options: ContactSheetOptions): Promise<ContactSheet> {
  const { length, sampleShape } = checkDataset('the data set', dataset);
  const { augment, seed, epoch, rows, columns, zoom } = checkOptions('contactSheet', options, {
    augment: listOf(augmentation),
    seed: checkSeed,
    epoch: optional(epochNumber, 0),
    rows: optional((name, value) => positiveInteger(name, value, Math.min(length, MAX_ROWS)), Math.min(length, 8)),
    columns: optional((name, value) => positiveInteger(name, value, MAX_COLUMNS), 9),
    zoom: optional((name, value) => positiveInteger(name, value, MAX_ZOOM), 1),
  });
  const grid = gridOf(sampleShape, { rows, columns, zoom });
  const augmented = await AugmentedSamples.open(dataset, augment, seed);
  try {
    const size = augmented.original.length;
    const pictures = rowsFor(dataset, rows * columns);
    for (let sample = 0; sample < rows; sample++) {
      await augmented.read(sample);
      const first = sample * columns * size;
      pictures.set(augmented.original, first);
      for (let column = 1; column < columns; column++) {
        augmented.augment(epoch + column - 1, sample, pictures, first + column * size);
      }
    }
    return sheetOf(toBytes(pictures), grid);
  } finally {
    await augmented.close();
  }
}

/** Bytes for any numbers: the least becomes 0, the greatest 255. */
function toBytes(numbers: Row): Uint8Array {
  if (numbers.BYTES_PER_ELEMENT === 1) return numbers as Uint8Array;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const number of numbers) {
    least = Math.min(least, number);
    greatest = Math.max(greatest, number);
  }
  const scale = greatest > least ? 255 / (greatest - least) : 0;
  return Uint8Array.from(numbers, (number) => Math.round((number - least) * scale));
}

interface GridOptions {
  readonly rows: number;
  readonly columns: number;
  readonly zoom: number;
}

/** Where the pictures are in the sheet. */
interface Grid extends GridOptions {
  /** The shape of a sample. */
  readonly planes: number;
  readonly pictureHeight: number;
  readonly pictureWidth: number;
  /** Of the sheet. */
  readonly height: number;
  readonly width: number;
}

function gridOf([planes = 1, pictureHeight = 1, pictureWidth = 1]: Shape, options: GridOptions): Grid {
  const { rows, columns, zoom } = options;
  const height = rows * (pictureHeight * zoom + GAP) + GAP;
  const width = columns * (pictureWidth * zoom + GAP) + GAP;
  if (height * width <= MAX_PIXELS) return { ...options, planes, pictureHeight, pictureWidth, height, width };
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `rows: ${rows}, columns: ${columns} and zoom: ${zoom}, which make ${height} × ${width} pixels`,
    expected: `a picture of at most ${MAX_PIXELS} pixels`,
    fix: 'Pass fewer rows or columns, or a smaller zoom.',
  });
}

function sheetOf(pictures: Uint8Array, grid: Grid): ContactSheet {
  const { rows, columns, zoom, planes, pictureHeight, pictureWidth, height, width } = grid;
  const channels = planes >= 3 ? 3 : 1;
  const pixels = new Uint8Array(height * width * channels).fill(BACKGROUND);
  const plane = pictureHeight * pictureWidth;
  for (let picture = 0; picture < rows * columns; picture++) {
    const top = GAP + Math.floor(picture / columns) * (pictureHeight * zoom + GAP);
    const left = GAP + (picture % columns) * (pictureWidth * zoom + GAP);
    for (let y = 0; y < pictureHeight * zoom; y++) {
      const line = picture * planes * plane + Math.floor(y / zoom) * pictureWidth;
      for (let x = 0; x < pictureWidth * zoom; x++) {
        const from = line + Math.floor(x / zoom);
        const to = ((top + y) * width + left + x) * channels;
        for (let channel = 0; channel < channels; channel++)
          pixels[to + channel] = pictures[from + channel * plane] as number;
      }
    }
  }
  return { pixels, height, width, channels };
}

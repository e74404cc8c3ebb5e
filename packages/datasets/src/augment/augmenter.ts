// Augments samples where they would be copied from a data set to a mini-batch.
import { ConvoyError, formatShape, type Shape, sameShape, sizeOf } from '@convoy/tensor';
import { isInt32Array, isUint8Array } from '@convoy/tensor/builtins';
import { checkOptions, checkSeed, finiteNumber, listOf, type OptionCheck, optional } from '@convoy/tensor/checks';
import { checkArray, type IsArray, isRowOf } from './array-checks.ts';
import type { Augmentation, BuiltStep } from './augmentation.ts';
import { buildSteps } from './build.ts';
import { Canvas, type Row, type SampleForm } from './canvas.ts';
import { MaskMover } from './mask-mover.ts';
import { augmentation } from './option-checks.ts';
import { planeSize } from './pixels.ts';
import { element, formOf, imageShape, shape } from './sample-form.ts';
import { SampleKey } from './sample-key.ts';

/** The samples that an `Augmenter` augments. */
export interface AugmenterOptions {
  /** [channels, height, width] */
  readonly sampleShape: Shape;
  /** The type of the numbers of a sample. */
  readonly element: 'uint8' | 'float32';
  /** The seed of all random numbers, a whole number of 0 or more. */
  readonly seed: number;
  /** [height, width] of the labels of a sample's pixels, if each pixel has one. It is that of the sample. */
  readonly maskShape?: Shape;
  /** The label of pixels that come from outside of the image, such as the `ignoreLabel` of the data set. */
  readonly fillLabel?: number;
}

/**
 * Augments samples, one at a time. Each thread has its own. Augmented samples have the shape and the type of the
 * samples of the data set. They depend on (operations, options, epoch, sample, pixels of the sample), and on nothing
 * else: not on the thread, nor on samples before. The bits are the same on every machine and version of Node.
 *
 * ```ts
 * const augmenter = new Augmenter([randomCrop({ padding: 4 }), horizontalFlip()], {
 *   sampleShape: [3, 32, 32], element: 'uint8', seed: 1,
 * });
 * const row = new Uint8Array(3 * 32 * 32);
 * augmenter.apply(samples, 17 * row.length, row, 0, epoch, 17);
 * ```
 */
export class Augmenter {
  readonly #size: number;
  readonly #isRow: IsArray;
  readonly #canvas: Canvas;
  readonly #key: SampleKey;
  readonly #steps: readonly BuiltStep[];
  readonly #masks: MaskMover | undefined;
  readonly #maskSize: number;

  /**
   * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME for wrong operations and options
   * @throws ConvoyError CONVOY_SHAPE_MISMATCH for samples that are no planes, and for operations that cannot augment
   * samples of this shape or type
   */
  constructor(operations: readonly Augmentation[], options: AugmenterOptions) {
    const list = listOf(augmentation)('operations', operations);
    const { sampleShape, seed, maskShape, fillLabel, ...given } = checkOptions('Augmenter', options, {
      sampleShape: imageShape,
      element,
      seed: checkSeed,
      maskShape: optional(shape),
      fillLabel: optional(label),
    });
    const form = formOf(sampleShape, given.element);
    const { steps, showsOutside } = buildSteps(list, form, seed);
    this.#size = sizeOf(sampleShape);
    this.#isRow = isRowOf(form);
    this.#canvas = new Canvas(form);
    this.#key = new SampleKey(seed);
    this.#steps = steps;
    if (maskShape) checkMask(form, maskShape, showsOutside ? fillLabel : 0);
    this.#masks = maskShape && new MaskMover(form, fillLabel ?? 0);
    this.#maskSize = planeSize(form);
  }

  /**
   * Writes the augmented row of a sample. The rows are [channels, height, width], row-major, of the type of the
   * samples; they must not overlap. Allocates no objects.
   * @param from what the row of the sample is in, from number `fromOffset` on
   * @param to what the augmented row is written to, from number `toOffset` on
   * @param epoch a whole number below 2^32
   * @param sample the number of the sample in the data set, below 2^32
   * @throws ConvoyError CONVOY_INVALID_DATA for arrays of another type, CONVOY_INDEX_OUT_OF_RANGE for offsets outside
   * of them, CONVOY_INVALID_OPTION for other epochs and samples
   */
  apply(from: Row, fromOffset: number, to: Row, toOffset: number, epoch: number, sample: number): void {
    checkArray('from', from, fromOffset, this.#size, this.#isRow);
    checkArray('to', to, toOffset, this.#size, this.#isRow);
    const canvas = this.#canvas;
    const key = this.#key;
    key.enter(epoch, sample);
    canvas.begin(from, fromOffset, to, toOffset);
    const steps = this.#steps;
    for (let i = 0; i < steps.length; i++) (steps[i] as BuiltStep)(canvas, key);
    canvas.draw();
  }

  /**
   * Writes the labels of the pixels of the sample that `apply` augmented last: they move as the pixels did. Labels are
   * not interpolated: each is that of the pixel that is nearest. Allocates no objects.
   * @param from what the labels of the sample are in, [height, width] from number `fromOffset` on
   * @param to what the moved labels are written to
   * @throws ConvoyError CONVOY_INVALID_OPTION without the option `maskShape`, CONVOY_INVALID_DATA,
   * CONVOY_INDEX_OUT_OF_RANGE
   */
  applyToMask(from: Uint8Array | Int32Array, fromOffset: number, to: Int32Array, toOffset: number): void {
    if (!this.#masks) throw noMask();
    checkArray('from', from, fromOffset, this.#maskSize, isMask);
    checkArray('to', to, toOffset, this.#maskSize, isInt32Array);
    this.#masks.move(this.#canvas, from, fromOffset, to, toOffset);
  }
}

const isMask: IsArray = (value) => isInt32Array(value) || isUint8Array(value);

const label: OptionCheck<number> = (name, value) => {
  const number = finiteNumber(name, value, { atLeast: -(2 ** 31), atMost: 2 ** 31 - 1 });
  if (Number.isInteger(number)) return number;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${number}`,
    expected: 'a label, which is a whole number',
    fix: 'Pass the ignoreLabel of the data set.',
  });
};

function checkMask({ height, width }: SampleForm, maskShape: Shape, fillLabel: number | undefined): void {
  if (!sameShape(maskShape, [height, width])) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `labels of shape ${formatShape(maskShape)} for images of height ${height} and width ${width}`,
      expected: `labels of shape ${formatShape([height, width])}`,
      fix: 'Pass one label for each pixel, or augment without the operations that move pixels.',
    });
  }
  if (fillLabel !== undefined) return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: 'no fillLabel, for operations that show what is outside of the image',
    expected: 'the label of pixels that come from outside',
    fix: 'Give the targets of the data set an ignoreLabel, and the loss the same one.',
  });
}

const noMask = () =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: 'no maskShape',
    expected: 'the shape of the labels of a sample',
    fix: 'Create the augmenter with maskShape.',
  });

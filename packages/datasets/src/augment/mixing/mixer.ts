// Mixes the samples of a mini-batch, and their targets.
import { ConvoyError, nonNegativeInteger, positiveInteger, type Shape } from '@convoy/tensor';
import { isFloat32Array } from '@convoy/tensor/builtins';
import { checkOptions, checkSeed, listOf, type OptionCheck } from '@convoy/tensor/checks';
import { wrongResult } from '@convoy/tensor/definitions';
import { RandomStream } from '@convoy/tensor/random';
import { checkArray, type IsArray, isRowOf } from '../array-checks.ts';
import { type Augmentation, definitionOf, inAugmentation } from '../augmentation.ts';
import type { Row } from '../canvas.ts';
import { drawBelow } from '../draws.ts';
import { rowSize } from '../pixels.ts';
import { element, formOf, imageShape } from '../sample-form.ts';
import type { BatchMix } from './batch-mix.ts';

/** The samples that a `Mixer` mixes. */
export interface MixerOptions {
  /** [channels, height, width] */
  readonly sampleShape: Shape;
  /** The type of the numbers of a sample. */
  readonly element: 'uint8' | 'float32';
  /** The seed of all random numbers, a whole number of 0 or more. */
  readonly seed: number;
}

/**
 * Mixes the samples of mini-batches. Each thread has its own. A sample at position p of a mini-batch is mixed with the
 * augmented sample at position `partnerOf(p)`, which any thread can make again: augmented samples depend only on their
 * keys. All draws depend on (seed, epoch, batch), and on nothing else.
 *
 * ```ts
 * const mixer = new Mixer([mixup({ alpha: 0.2 })], { sampleShape: [3, 32, 32], element: 'uint8', seed: 1 });
 * mixer.enter(epoch, batch, 64);
 * if (mixer.weight < 1) {
 *   // row: the augmented sample at position 5; partner: that at position mixer.partnerOf(5)
 *   mixer.mix(row, 0, partner, 0);
 *   mixer.mixTargets(target, 0, partnerTarget, 0, 10);
 * }
 * ```
 */
export class Mixer {
  readonly #mixes: readonly BatchMix[];
  readonly #size: number;
  readonly #isRow: IsArray;
  readonly #batches: RandomStream;
  readonly #batch = new RandomStream(0, '');
  readonly #random = new RandomStream(0, '');
  #mix: BatchMix;
  #samples = 1;
  #shift = 0;
  #weight = 1;

  /**
   * @param mixes such as `mixup()` and `cutmix()`. One of them is drawn for each mini-batch.
   * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH
   */
  constructor(mixes: readonly Augmentation[], options: MixerOptions) {
    const list = listOf(mix)('mixes', mixes);
    const given = checkOptions('Mixer', options, { sampleShape: imageShape, element, seed: checkSeed });
    const form = formOf(given.sampleShape, given.element);
    this.#size = rowSize(form);
    this.#isRow = isRowOf(form);
    this.#mixes = list.map((mix) => {
      const built = inAugmentation(mix, () => definitionOf(mix).mix?.(mix.settings, form));
      if (built) return built;
      throw wrongResult(`the augmentation ${mix.type}`, 'mix', built, 'an object with draw and mix');
    });
    const [first] = this.#mixes;
    if (!first) throw noMix('an empty list');
    this.#mix = first;
    this.#batches = new RandomStream(given.seed, 'mix');
  }

  /**
   * Begins with a mini-batch. Allocates nothing.
   * @param epoch a whole number below 2^32
   * @param batch the number of the mini-batch in the epoch, below 2^32
   * @param samples how many samples it has, 1 or more
   * @throws ConvoyError CONVOY_INVALID_OPTION
   */
  enter(epoch: number, batch: number, samples: number): void {
    this.#samples = positiveInteger('samples', samples);
    this.#batches.enterEpoch(epoch);
    const random = this.#batch;
    random.enterSubstream(this.#batches, batch);
    // From 1 to samples − 1: no sample is its own partner, except in a mini-batch of one.
    this.#shift = samples > 1 ? 1 + drawBelow(random, 0, samples - 1) : 0;
    const chosen = drawBelow(random, 1, this.#mixes.length);
    this.#mix = this.#mixes[chosen] as BatchMix;
    this.#random.enterSubstream(random, chosen);
    this.#weight = this.#mix.draw(this.#random);
  }

  /** The weight of a sample's own target. If it is 1, the mini-batch is not mixed. */
  get weight(): number {
    return this.#weight;
  }

  /**
   * The position of the sample that the one at `position` is mixed with. Each sample is the partner of one other.
   * @throws ConvoyError CONVOY_INVALID_OPTION
   */
  partnerOf(position: number): number {
    return (nonNegativeInteger('position', position, this.#samples - 1) + this.#shift) % this.#samples;
  }

  /**
   * Mixes a row with the row of its partner, in place. Allocates nothing.
   * @param row what the row is in, from number `offset` on
   * @param partner what the row of the partner is in, from number `partnerOffset` on; both are augmented
   * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_INDEX_OUT_OF_RANGE
   */
  mix(row: Row, offset: number, partner: Row, partnerOffset: number): void {
    checkArray('row', row, offset, this.#size, this.#isRow);
    checkArray('partner', partner, partnerOffset, this.#size, this.#isRow);
    this.#mix.mix(row, offset, partner, partnerOffset);
  }

  /**
   * Mixes targets with those of the partner, in place: t ← weight · t + (1 − weight) · t′. They are probabilities or
   * values: `count` numbers, from `offset` and `partnerOffset` on. Allocates nothing.
   * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_INDEX_OUT_OF_RANGE, CONVOY_INVALID_OPTION
   */
  mixTargets(targets: Float32Array, offset: number, partner: Float32Array, partnerOffset: number, count: number): void {
    nonNegativeInteger('count', count);
    checkArray('targets', targets, offset, count, isFloat32Array);
    checkArray('partner', partner, partnerOffset, count, isFloat32Array);
    const weight = this.#weight;
    for (let i = 0; i < count; i++) {
      const own = weight * (targets[offset + i] as number);
      targets[offset + i] = own + (1 - weight) * (partner[partnerOffset + i] as number);
    }
  }
}

/** Whether an augmentation mixes the samples of a mini-batch, so that it is for a `Mixer`, not for an `Augmenter`. */
export const isMix = (augmentation: Augmentation): boolean => definitionOf(augmentation).mix !== undefined;

const mix: OptionCheck<Augmentation> = (name, value) => {
  const { type, mix } = definitionOf(value as Augmentation, name);
  if (mix) return value as Augmentation;
  throw noMix(`${name}: ${type}`);
};

const noMix = (given: string) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given,
    expected: 'an augmentation that mixes samples, such as mixup() or cutmix()',
    fix: 'Pass augmentations of single samples to an Augmenter.',
  });

// The targets of samples, as the numbers that a plan takes.
import type { Shape } from '@convoy/tensor';
import { sizeOf } from '@convoy/tensor/shape';
import type { TargetSpec } from '../loss.ts';
import type { RowAugmenter } from './sample-rows.ts';

/** Targets as they lie in memory, row-major. */
export interface TargetArrays {
  /** (length, ...targetShape) */
  readonly targets: ArrayLike<number>;
  readonly targetShape: Shape;
  /** Whether targets are labels; a plan that takes a probability for each class gets them as 1 and 0. Default false. */
  readonly areLabels?: boolean;
  /** Whether targets are the labels of pixels, which move with the pixels of an augmented sample; default false. */
  readonly areMasks?: boolean;
  readonly augmenter?: RowAugmenter | undefined;
}

export class SampleTargets {
  /** How many numbers the plan takes for a sample; 0 if there is no room for the targets, which are then not read. */
  readonly size: number;
  readonly #targets: ArrayLike<number>;
  /** Numbers that a sample has. */
  readonly #ownSize: number;
  readonly #isOneHot: boolean;
  /** The labels of the pixels of an augmented sample. */
  readonly #mask: Int32Array;
  readonly #augmenter: RowAugmenter | undefined;

  constructor({ targets, targetShape, areLabels, areMasks, augmenter }: TargetArrays, spec: TargetSpec) {
    this.#targets = targets;
    this.#ownSize = sizeOf(targetShape);
    const size = sizeOf(spec.shape);
    this.#isOneHot = areLabels === true && spec.kind === 'oneHot' && targetShape.length === spec.shape.length - 1;
    // Samples to predict may have targets of any size, also larger than there is room for.
    this.size = this.#isOneHot || this.#ownSize === size ? size : 0;
    this.#augmenter = areMasks && this.size > 0 ? augmenter : undefined;
    this.#mask = new Int32Array(this.#augmenter ? this.#ownSize : 0);
  }

  /** Reads the targets of a sample. Its row was written just before. */
  read(sample: number, into: Float32Array): void {
    const own = this.#ownSize;
    this.#augmenter?.applyToMask(this.#targets, sample * own, this.#mask, 0);
    const from = this.#augmenter ? this.#mask : this.#targets;
    const first = this.#augmenter ? 0 : sample * own;
    if (!this.#isOneHot) {
      for (let i = 0; i < this.size; i++) into[i] = from[first + i] as number;
      return;
    }
    into.fill(0);
    // The classes are the first dimension. A label beyond them is ignored: it leaves all of its probabilities 0.
    for (let i = 0; i < own; i++) {
      const at = (from[first + i] as number) * own + i;
      if (at >= 0 && at < this.size) into[at] = 1;
    }
  }
}

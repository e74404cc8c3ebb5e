// What mixes the samples of a mini-batch.
import type { RandomStream } from '@convoy/tensor/random';
import type { Row } from '../canvas.ts';

/** A mix, prepared for samples of one form. Its methods allocate nothing. */
export interface BatchMix {
  /**
   * Draws how the samples of a mini-batch are mixed.
   * @returns the weight of a sample's own target, from 0 to 1; the partner's target has the rest. 1 if nothing is mixed
   */
  draw(random: RandomStream): number;
  /** Mixes a row with the row of its partner, in place, as the last draw says. Both rows are augmented already. */
  mix(row: Row, offset: number, partner: Row, partnerOffset: number): void;
}

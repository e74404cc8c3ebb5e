// The order in which an epoch takes its samples: computed wherever it is needed, stored nowhere.
import { Permutation } from '@convoy/tensor/random';

export interface Order {
  /** The sample at a position of the epoch. */
  at(position: number): number;
}

export const AS_STORED: Order = { at: (position) => position };

/** An order of its own for each epoch, or that of the data set. */
export const orderOf = (length: number, shuffle: boolean, seed: number, epoch: number): Order =>
  shuffle ? new Permutation(seed, 'shuffle', epoch, length) : AS_STORED;

// The order in which an epoch takes its samples: computed wherever it is needed, stored nowhere.
import type { Order } from '@convoy/layers/runtime';
import { Permutation } from '@convoy/tensor/random';

export const AS_STORED: Order = { at: (position) => position };

/** A different order for each epoch, or that of the data set. */
export const orderOf = (length: number, shuffle: boolean, seed: number, epoch: number): Order =>
  shuffle ? new Permutation(seed, 'shuffle', epoch, length) : AS_STORED;

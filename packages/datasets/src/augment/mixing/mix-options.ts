// The options of mixup and cutmix, and the draw that both begin with.
import { numberIn, optional } from '@convoy/tensor/checks';
import type { RandomStream } from '@convoy/tensor/random';
import { probability } from '../option-checks.ts';
import { drawBeta } from './beta.ts';

/** Options of `mixup` and `cutmix`. */
export interface MixOptions {
  /**
   * The parameter of the beta distribution of λ, from 0.001 to 1000; default 1, for which all λ are equally likely. A
   * small α makes λ close to 0 or 1 in most cases.
   */
  readonly alpha?: number;
  /** How often a mini-batch is mixed, from 0 to 1; default 1. */
  readonly probability?: number;
}

export const mixOptions = {
  alpha: optional(numberIn({ atLeast: 1e-3, atMost: 1e3 }), 1),
  probability: optional(probability, 1),
};

// The indices below are those of the beta distribution.
const WHETHER = 8192;
/** The first index that is free for other draws. */
export const MORE = WHETHER + 1;

/** λ for a mini-batch, or 1 if it is not mixed. */
export const drawWeight = (random: RandomStream, { alpha, probability }: Required<MixOptions>): number =>
  random.uniform(WHETHER) < probability ? drawBeta(random, alpha) : 1;

// The version of the arithmetic: it decides which bits a model, its data and a seed lead to.

/**
 * Raised whenever a kernel, or the choice between kernels, rounds differently than before. A run that began with another number could not end with
 * the same bits, so a checkpoint of it is refused.
 */
export const ARITHMETIC = 4;

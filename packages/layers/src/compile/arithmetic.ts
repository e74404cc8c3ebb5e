// Which bits a model, data and a seed lead to.

/**
 * Raised whenever some kernel, or the choice among several, rounds differently than before. A run that was begun under another number cannot
 * end with the bits that it would have ended with, so it is not resumed.
 */
export const ARITHMETIC = 3;

// Distances between arrays that are read side by side.

const LINE_FLOATS = 16;

/**
 * Rounds a number of floats up to an odd number of cache lines of 64 bytes. Arrays whose distance is a power of two
 * compete for a few sets of the cache; with a distance of an odd number of lines they use all sets.
 */
export const oddLines = (floats: number): number =>
  LINE_FLOATS * (2 * Math.floor(Math.ceil(floats / LINE_FLOATS) / 2) + 1);

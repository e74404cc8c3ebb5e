// Where arrays that are walked side by side should lie.

const LINE_FLOATS = 16;

/**
 * The floats, rounded up to an odd number of cache lines of 64 bytes. Arrays that lie a power of two apart meet in the same few lines of a
 * cache; an odd number of lines apart, they take all of them.
 */
export const oddLines = (floats: number): number =>
  LINE_FLOATS * (2 * Math.floor(Math.ceil(floats / LINE_FLOATS) / 2) + 1);

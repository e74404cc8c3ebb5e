// The vector width of a trainer's kernels.

/**
 * 'strict' uses vectors of 128 bits, the width that WebAssembly defines. With 'wide', V8 combines pairs of them into vectors of 256 bits. The
 * results have the same bits.
 */
export type Simd = 'strict' | 'wide';

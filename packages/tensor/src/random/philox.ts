// Philox 4x32-10, a counter-based random generator: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel Random Numbers:
// As Easy as 1, 2, 3", SC'11. It has no state: 128 random bits are a function of a 128-bit counter and a 64-bit key.
// Therefore any thread can draw any number.

const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
// The fractional parts of the golden ratio and of the square root of 3.
const KEY_STEP_0 = 0x9e3779b9;
const KEY_STEP_1 = 0xbb67ae85;

/** Four 32-bit words. */
export type Counter = readonly [number, number, number, number];

/** Writes the four random 32-bit words for a counter and a key of two words. Allocates nothing. */
export function philox4x32(counter: Counter, key0: number, key1: number, output: Uint32Array): void {
  let c0 = counter[0];
  let c1 = counter[1];
  let c2 = counter[2];
  let c3 = counter[3];
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + KEY_STEP_0) | 0;
    k1 = (k1 + KEY_STEP_1) | 0;
  }
  output[0] = c0;
  output[1] = c1;
  output[2] = c2;
  output[3] = c3;
}

/**
 * The upper 32 bits of the 64-bit product of two unsigned words. All intermediate numbers are below 2^32, so nothing is
 * rounded.
 */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + (Math.imul(aLow, bLow) >>> 16);
  return aHigh * bHigh + (middle >>> 16) + ((aLow * bHigh + (middle & 0xffff)) >>> 16);
}

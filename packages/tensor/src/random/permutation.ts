// A random order of the whole numbers below a length. It needs no table: each worker computes the positions that it
// needs. A Feistel network enciphers a number. If the result is not below the length, it is enciphered again ("cycle
// walking"): J. Black, P. Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002.
import { positiveInteger } from '../checks/checks.ts';
import { describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';
import { RandomStream } from './random.ts';

// In theory four rounds suffice with ideal round functions. These round functions are cheap, and a round takes 3 ns.
const ROUNDS = 8;
// A network for fewer than 64 numbers has too few different round functions. Shorter lengths walk longer instead.
const MIN_BITS = 6;
const MAX_LENGTH = 2 ** 32;

/**
 * A random order of the numbers 0 … length − 1. It depends only on (seed, purpose, epoch, length).
 *
 * ```ts
 * const order = new Permutation(1, 'shuffle', epoch, dataset.length);
 * const sample = order.at(0);
 * ```
 */
export class Permutation {
  readonly length: number;
  readonly #rightBits: number;
  readonly #leftMask: number;
  readonly #rightMask: number;
  readonly #keys: Uint32Array;

  /**
   * @param seed a whole number of 0 or more
   * @param purpose what the order is for, such as 'shuffle'. Another purpose gives an independent order.
   * @param epoch a whole number below 2^32
   * @param length a whole number from 1 to 2^32
   * @throws ConvoyError CONVOY_INVALID_OPTION
   */
  constructor(seed: number, purpose: string, epoch: number, length: number) {
    this.length = positiveInteger('length', length, MAX_LENGTH);
    const bits = Math.max(MIN_BITS, 32 - Math.clz32(length - 1));
    this.#rightBits = Math.ceil(bits / 2);
    this.#rightMask = 2 ** this.#rightBits - 1;
    this.#leftMask = 2 ** (bits - this.#rightBits) - 1;
    const random = new RandomStream(seed, purpose, epoch);
    this.#keys = Uint32Array.from({ length: ROUNDS }, (_, round) => random.uint32(round));
  }

  /**
   * The number at a position, in constant time on average and without allocation.
   * @throws ConvoyError CONVOY_INDEX_OUT_OF_RANGE
   */
  at(position: number): number {
    // This check also makes sure that the walk ends: the cycle of a number below the length returns below the length.
    if (typeof position !== 'number' || position >>> 0 !== position || position >= this.length)
      throw this.#outOfRange(position);
    let number = position;
    do number = this.#encipher(number);
    while (number >= this.length);
    return number;
  }

  #encipher(number: number): number {
    const keys = this.#keys;
    let left = number >>> this.#rightBits;
    let right = number & this.#rightMask;
    // Addition, because with xor every network of these widths is an even permutation.
    for (let round = 0; round < ROUNDS; round += 2) {
      left = (left + mix(right ^ (keys[round] as number))) & this.#leftMask;
      right = (right + mix(left ^ (keys[round + 1] as number))) & this.#rightMask;
    }
    return ((left << this.#rightBits) | right) >>> 0;
  }

  #outOfRange(position: number): ConvoyError {
    return new ConvoyError('CONVOY_INDEX_OUT_OF_RANGE', {
      given: `position ${describeValue(position)} of a permutation of length ${this.length}`,
      expected: `a whole number from 0 to ${this.length - 1}`,
      fix: 'Pass a position inside the permutation.',
    });
  }
}

/** The finalizer of MurmurHash3 (A. Appleby, public domain). Every bit of the word affects every bit of the result. */
function mix(word: number): number {
  let hash = word ^ (word >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

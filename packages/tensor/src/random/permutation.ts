// A random order of the whole numbers below a length, without a table: workers compute the positions they need, each
// for itself. The numbers are enciphered by a Feistel network, and what falls outside is enciphered again ("cycle
// walking"): J. Black, P. Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002.
import { positiveInteger } from '../errors/checks.ts';
import { ConvoyError } from '../errors/errors.ts';
import { RandomStream } from './random.ts';

// Four rounds suffice in theory with ideal round functions; these are cheap ones, and a round costs 3 ns.
const ROUNDS = 8;
// Below 64 numbers a network has too few different round functions; the walk is then longer, and the lengths are tiny.
const MIN_BITS = 6;
const MAX_LENGTH = 2 ** 32;

/** A bijection of 0 … length - 1 onto itself, a function of (seed, purpose, epoch, length) only. */
export class Permutation {
  readonly length: number;
  readonly #rightBits: number;
  readonly #leftMask: number;
  readonly #rightMask: number;
  readonly #keys: Uint32Array;

  /**
   * @param seed a whole number of 0 or more
   * @param purpose such as 'shuffle'
   * @param epoch a whole number below 2^32
   * @param length a whole number from 1 to 2^32
   * @throws ConvoyError CONVOY_INVALID_OPTION
   */
  constructor(seed: number, purpose: string, epoch: number, length: number) {
    this.length = positiveInteger('length', length);
    if (length > MAX_LENGTH) {
      throw new ConvoyError('CONVOY_INVALID_OPTION', {
        given: `length: ${length}`,
        expected: 'at most 2^32',
        fix: 'Permute parts of the whole separately.',
      });
    }
    const bits = Math.max(MIN_BITS, 32 - Math.clz32(length - 1));
    this.#rightBits = Math.ceil(bits / 2);
    this.#rightMask = 2 ** this.#rightBits - 1;
    this.#leftMask = 2 ** (bits - this.#rightBits) - 1;
    const random = new RandomStream(seed, purpose, epoch);
    this.#keys = Uint32Array.from({ length: ROUNDS }, (_, round) => random.uint32(round));
  }

  /**
   * The number at a position. Constant time on average, no allocation.
   * @throws ConvoyError CONVOY_INDEX_OUT_OF_RANGE
   */
  at(position: number): number {
    // Also bounds the walk: only from a number below the length is its cycle sure to come back below it.
    if (position >>> 0 !== position || position >= this.length) throw this.#outOfRange(position);
    let number = position;
    do number = this.#encipher(number);
    while (number >= this.length);
    return number;
  }

  #encipher(number: number): number {
    const keys = this.#keys;
    let left = number >>> this.#rightBits;
    let right = number & this.#rightMask;
    // Adding, not xor: with xor every network of these widths is an even permutation.
    for (let round = 0; round < ROUNDS; round += 2) {
      left = (left + mix(right ^ (keys[round] as number))) & this.#leftMask;
      right = (right + mix(left ^ (keys[round + 1] as number))) & this.#rightMask;
    }
    return ((left << this.#rightBits) | right) >>> 0;
  }

  #outOfRange(position: number): ConvoyError {
    return new ConvoyError('CONVOY_INDEX_OUT_OF_RANGE', {
      given: `position ${position} of a permutation of length ${this.length}`,
      expected: `a whole number from 0 to ${this.length - 1}`,
      fix: 'Ask for positions inside the permutation.',
    });
  }
}

/** The finalizer of MurmurHash3 (A. Appleby, public domain): every bit of the word reaches every bit of the result. */
function mix(word: number): number {
  let hash = word ^ (word >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

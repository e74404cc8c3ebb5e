// Seeded random numbers. A draw is a function of (seed, purpose, epoch, index). It does not depend on threads, on time
// or on earlier draws, so workers that share only the seed get the same numbers.

import { isFloat64Array } from '../builtins.ts';
import { checkSeed } from '../checks/checks.ts';
import { describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';
import { naturalLogarithm } from '../portable-math.ts';
import { philox4x32 } from './philox.ts';

const TWO_32 = 2 ** 32;
/** Takes the place of an attempt where a substream is entered, so that no number of the stream has the same bits. */
const SUBSTREAM = TWO_32 - 1;

/**
 * The random numbers of one purpose in one epoch. Each number has an index: a whole number below 2^32. Indices may be
 * used in any order.
 *
 * `uint32`, `uniform` and `normal` of the same index use the same random bits. Use another purpose to get an
 * independent number. Purposes are distinguished by a 32-bit hash. All results have the same bits on every machine and
 * JavaScript engine, because the arithmetic uses only integers and the float64 operations `+ - * /` and `Math.sqrt`,
 * which IEEE 754 rounds exactly.
 *
 * ```ts
 * const random = new RandomStream(1, 'initialize conv1');
 * random.normal(0); // the same number in every thread
 * ```
 */
export class RandomStream {
  // The counter of a draw is (index, epoch, attempt, upper word of the seed). Its key is (lower word of the seed,
  // purpose).
  readonly #counter: [number, number, number, number];
  #key0: number;
  #key1: number;
  readonly #words = new Uint32Array(4);
  readonly #point = new Float64Array(2);

  /**
   * @param seed a whole number of 0 or more
   * @param purpose what the numbers are for, such as 'shuffle' or 'initialize 3 kernel'
   * @param epoch a whole number below 2^32
   * @throws ConvoyError CONVOY_INVALID_OPTION
   */
  constructor(seed: number, purpose: string, epoch = 0) {
    checkSeed('seed', seed);
    checkWord('epoch', epoch);
    this.#counter = [0, epoch, 0, Math.floor(seed / TWO_32)];
    this.#key0 = seed % TWO_32;
    this.#key1 = hashPurpose(purpose);
  }

  /**
   * Changes the epoch. The draws are then those of a stream that was created with this epoch. Allocates nothing.
   * @throws ConvoyError CONVOY_INVALID_OPTION
   */
  enterEpoch(epoch: number): void {
    checkWord('epoch', epoch);
    this.#counter[1] = epoch;
  }

  /**
   * Makes this stream the substream `number` of another stream: its numbers depend on the seed, purpose and epoch of
   * the other one and on `number`, and are independent of those of both streams and of other substreams. A substream
   * may have substreams. Allocates nothing.
   *
   * ```ts
   * const samples = new RandomStream(1, 'augment', epoch);
   * const random = new RandomStream(0, '');
   * random.enterSubstream(samples, 17);
   * random.uniform(0); // the first number of sample 17
   * ```
   *
   * The 128 random bits of the other stream at this index become the key and the upper words of the counter. So two
   * substreams coincide with probability 2^−128.
   * @throws ConvoyError CONVOY_INVALID_OPTION unless `number` is a whole number below 2^32
   */
  enterSubstream(of: RandomStream, number: number): void {
    assertStream(of);
    const words = of.#draw(number, SUBSTREAM);
    this.#key0 = words[0] as number;
    this.#key1 = words[1] as number;
    this.#counter[1] = words[2] as number;
    this.#counter[3] = words[3] as number;
  }

  /**
   * A whole number from 0 to 2^32 − 1. All are equally likely.
   * @throws ConvoyError CONVOY_INVALID_OPTION, like the other draws, unless the index is a whole number below 2^32
   */
  uint32(index: number): number {
    return this.#draw(index, 0)[0] as number;
  }

  /** A multiple of 2^−53 from 0 to 1 − 2^−53. All are equally likely. Rounded to float32, the number can become 1. */
  uniform(index: number): number {
    const words = this.#draw(index, 0);
    return (((words[0] as number) >>> 5) * 2 ** 26 + ((words[1] as number) >>> 6)) * 2 ** -53;
  }

  /**
   * A float64 of the normal distribution with mean 0 and variance 1, by the polar method (G. Marsaglia, T. Bray, "A
   * convenient method for generating normal variables", SIAM Review 6, 1964): rejection draws a point of the unit disc,
   * and the point is then moved along its radius.
   */
  normal(index: number): number {
    this.#drawPoint(index);
    return this.#point[0] as number;
  }

  /**
   * Fills an array with independent numbers of the normal distribution. Numbers 2k and 2k + 1 are both coordinates of
   * the point of index `first` + k, whose first one is `normal(first + k)`. Allocates nothing.
   * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_INVALID_OPTION
   */
  fillNormal(first: number, output: Float64Array): void {
    if (!isFloat64Array(output)) throw noOutput(output);
    const point = this.#point;
    for (let i = 0; i < output.length; i += 2) {
      this.#drawPoint(first + i / 2);
      output[i] = point[0] as number;
      // Writing behind the end of a typed array does nothing.
      output[i + 1] = point[1] as number;
    }
  }

  /** Makes `#point` a point of the plane whose coordinates are normally distributed. */
  #drawPoint(index: number): void {
    for (let attempt = 0; ; attempt++) {
      const words = this.#draw(index, attempt);
      for (let pair = 0; pair < 4; pair += 2) {
        const x = centered(words[pair] as number);
        const y = centered(words[pair + 1] as number);
        const squaredRadius = x * x + y * y;
        if (squaredRadius >= 1) continue;
        const stretch = Math.sqrt((-2 * naturalLogarithm(squaredRadius)) / squaredRadius);
        this.#point[0] = x * stretch;
        this.#point[1] = y * stretch;
        return;
      }
    }
  }

  /** The four words of a draw, valid until the next one. */
  #draw(index: number, attempt: number): Uint32Array {
    checkWord('index', index);
    this.#counter[0] = index;
    this.#counter[2] = attempt;
    philox4x32(this.#counter, this.#key0, this.#key1, this.#words);
    return this.#words;
  }
}

/**
 * The 32-bit hash of a purpose: FNV-1a of its UTF-8 bytes (Fowler, Noll, Vo; RFC 9923).
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function hashPurpose(purpose: string): number {
  if (typeof purpose !== 'string') {
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `purpose: ${describeValue(purpose)}`,
      expected: 'a text',
      fix: "Pass what the numbers are for, such as 'shuffle'.",
    });
  }
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(purpose)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Maps a word to the center of one of 2^32 equal parts of (−1, 1), so the result is never 0. */
function centered(word: number): number {
  return (word + 0.5) * 2 ** -31 - 1;
}

function assertStream(value: unknown): asserts value is RandomStream {
  if (value instanceof RandomStream) return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${describeValue(value)} as a stream`,
    expected: 'a RandomStream',
    fix: 'Pass the stream that the substream belongs to.',
  });
}

const noOutput = (value: unknown) =>
  new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(value)} to fill with numbers`,
    expected: 'a Float64Array',
    fix: 'Pass new Float64Array(count).',
  });

function checkWord(name: string, value: number): void {
  if (typeof value === 'number' && value >>> 0 === value) return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'a whole number from 0 to 2^32 - 1',
    fix: `Change ${name} to a number in this range.`,
  });
}

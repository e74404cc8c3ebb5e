// Numbers in shared memory whose count is known only at the end.
import { totalmem } from 'node:os';
import { ConvoyError } from '@convoy/tensor';
import { outOfMemory } from '@convoy/tensor/memory';
import type { SharedArrayConstructor } from './shared-array.ts';

type SharedNumbers = Uint8Array<SharedArrayBuffer> | Int32Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>;

/** Node 20 reserves no more for memory that grows. */
const MAX_BYTES_EVERYWHERE = 2 ** 32;
const LEAST_BYTES = 2 ** 16;

/**
 * Numbers of one type that are appended. The memory grows in place, so no number is ever copied. It reserves addresses
 * for as many bytes as the machine has, but takes memory only for the numbers.
 */
export class GrowingArray<T extends SharedNumbers> {
  readonly #type: SharedArrayConstructor<T>;
  readonly #buffer: SharedArrayBuffer;
  #numbers: T;
  #length = 0;

  /** @throws ConvoyError CONVOY_OUT_OF_MEMORY if no addresses can be reserved */
  constructor(type: SharedArrayConstructor<T>) {
    this.#type = type;
    this.#buffer = reserve();
    this.#numbers = new type(this.#buffer, 0, 0);
  }

  /** The number of numbers. */
  get length(): number {
    return this.#length;
  }

  /** @throws ConvoyError CONVOY_OUT_OF_MEMORY */
  push(number: number): void {
    this.#makeRoom(1);
    this.#numbers[this.#length++] = number;
  }

  /** @throws ConvoyError CONVOY_OUT_OF_MEMORY */
  append(numbers: ArrayLike<number>): void {
    this.#makeRoom(numbers.length);
    this.#numbers.set(numbers, this.#length);
    this.#length += numbers.length;
  }

  /** All numbers, without a copy. */
  finish(): T {
    return new this.#type(this.#buffer, 0, this.#length);
  }

  #makeRoom(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#numbers.length) return;
    const bytes = needed * this.#type.BYTES_PER_ELEMENT;
    const { maxByteLength } = this.#buffer;
    try {
      // Growing by an eighth keeps the number of calls small. A multiple of 8 holds whole numbers of every type.
      const wanted = Math.ceil(Math.max(bytes * 1.125, LEAST_BYTES) / 8) * 8;
      this.#buffer.grow(Math.max(bytes, Math.min(wanted, maxByteLength)));
    } catch (cause) {
      const fix = 'Use fewer samples, or a machine with more memory.';
      throw outOfMemory({ what: 'data', bytes, fix }, { maxBytes: maxByteLength, cause });
    }
    this.#numbers = new this.#type(this.#buffer, 0, this.#buffer.byteLength / this.#type.BYTES_PER_ELEMENT);
  }
}

/** The inputs of samples that come one after another. */
export type GrowingInputs = GrowingArray<Uint8Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>>;

/** @throws ConvoyError CONVOY_OUT_OF_MEMORY */
export const growingInputs = (element: 'uint8' | 'float32'): GrowingInputs =>
  new GrowingArray<Uint8Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>>(
    element === 'uint8' ? Uint8Array : Float32Array,
  );

function reserve(): SharedArrayBuffer {
  const sizes = [totalmem(), MAX_BYTES_EVERYWHERE, MAX_BYTES_EVERYWHERE / 4].map((bytes) => bytes - (bytes % 8));
  for (const maxByteLength of sizes) {
    try {
      return new SharedArrayBuffer(0, { maxByteLength });
    } catch {
      // Try the next size.
    }
  }
  throw new ConvoyError('CONVOY_OUT_OF_MEMORY', {
    given: 'a process that cannot reserve 1 GiB of address space for data',
    expected: 'address space for all samples in one piece',
    fix: 'Raise the limit of virtual memory (ulimit -v unlimited).',
  });
}

// Typed arrays in shared memory. All workers read the same copy.
import { isSharedArrayBuffer, isTypedArray, typedArrayName } from '@convoy/tensor/builtins';
import { createSharedBuffer } from '@convoy/tensor/memory';

/** A constructor of typed arrays over shared memory. */
export interface SharedArrayConstructor<T> {
  new (buffer: SharedArrayBuffer, byteOffset?: number, length?: number): T;
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
}

interface SharedArray {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly length: number;
  set(numbers: ArrayLike<number>): void;
}

/**
 * The same numbers as a plain typed array in shared memory: a view if they have this type and are in shared memory,
 * else a copy.
 */
export function shared<T extends SharedArray>(numbers: ArrayLike<number>, kind: SharedArrayConstructor<T>): T {
  // A Buffer is a Uint8Array whose additional methods get lost in a structured clone. Use a plain view of its memory.
  if (isTypedArray(numbers) && typedArrayName(numbers) === kind.name && isSharedArrayBuffer(numbers.buffer)) {
    return new kind(numbers.buffer, numbers.byteOffset, numbers.length);
  }
  const copy = new kind(allocateShared(numbers.length * kind.BYTES_PER_ELEMENT));
  copy.set(numbers);
  return copy;
}

/**
 * Shared memory, filled with zeros.
 * @throws ConvoyError CONVOY_OUT_OF_MEMORY
 */
export const allocateShared = (bytes: number): SharedArrayBuffer =>
  createSharedBuffer({ what: 'data', bytes, fix: 'Use fewer samples, or a machine with more memory.' });

// Shared memory: how it is allocated, and the error when it cannot be. This module loads no kernels.
import { ConvoyError } from './errors/errors.ts';
import { assertWebAssembly } from './webassembly.ts';

/** WebAssembly allocates memory in pages of this size. */
export const PAGE_BYTES = 65_536;

/** The largest memory that the 32-bit addresses of WebAssembly reach. */
export const MAX_MEMORY_BYTES = 2 ** 32;

/** What memory is needed for. The messages of errors are made of it. */
export interface MemoryNeed {
  /** What needs the memory, such as 'a model'. */
  readonly what: string;
  readonly bytes: number;
  /** What the memory consists of, such as 'for its parameters and gradients'. */
  readonly details?: string;
  /** How to need less, as a sentence. */
  readonly fix: string;
}

/**
 * A shared WebAssembly memory of fixed size, filled with zeros. Its size is `bytes`, rounded up to whole pages.
 * @throws ConvoyError CONVOY_OUT_OF_MEMORY, CONVOY_WEBASSEMBLY_UNAVAILABLE
 */
export function createSharedMemory(need: MemoryNeed): WebAssembly.Memory {
  assertWebAssembly();
  const pages = Math.ceil(need.bytes / PAGE_BYTES);
  try {
    return sharedMemory(pages);
  } catch (cause) {
    assertAddressSpace();
    throw outOfMemory(need, { maxBytes: MAX_MEMORY_BYTES, cause });
  }
}

/**
 * A WebAssembly memory without pages that can grow to the limit. It is not shared.
 * @throws ConvoyError CONVOY_WEBASSEMBLY_UNAVAILABLE
 */
export function createGrowingMemory(): WebAssembly.Memory {
  assertWebAssembly();
  try {
    return new WebAssembly.Memory({ initial: 0, maximum: MAX_MEMORY_BYTES / PAGE_BYTES });
  } catch (cause) {
    throw noAddressSpace(cause);
  }
}

const sharedMemory = (pages: number) => new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });

/** A memory of any size may take the address space of the largest one. So if one page fails, the size is not the reason. */
function assertAddressSpace(): void {
  try {
    sharedMemory(1);
  } catch (cause) {
    throw noAddressSpace(cause);
  }
}

const noAddressSpace = (cause: unknown) =>
  new ConvoyError('CONVOY_WEBASSEMBLY_UNAVAILABLE', {
    given: 'a process that cannot reserve the address space of a WebAssembly memory, however small it is',
    expected: 'about 10 GiB of address space for each memory, most of which is reserved and never used',
    fix: 'Raise the limit of virtual memory (ulimit -v unlimited), or start Node with --disable-wasm-trap-handler.',
    cause,
  });

/**
 * A SharedArrayBuffer of `bytes`, filled with zeros.
 * @throws ConvoyError CONVOY_OUT_OF_MEMORY
 */
export function createSharedBuffer(need: MemoryNeed): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(need.bytes);
  } catch (cause) {
    throw outOfMemory(need, { cause });
  }
}

/**
 * An ArrayBuffer of `bytes`, filled with zeros, for memory that is not shared.
 * @throws ConvoyError CONVOY_OUT_OF_MEMORY
 */
export function createBuffer(need: MemoryNeed): ArrayBuffer {
  try {
    return new ArrayBuffer(need.bytes);
  } catch (cause) {
    throw outOfMemory(need, { cause });
  }
}

/**
 * Numbers in an ArrayBuffer of their own, all 0. They take at most 4 GiB, because kernels reach no more: a shape with
 * a wrong extent is then an error, not minutes of writing.
 * @param what what they are, such as 'a tensor'
 * @throws ConvoyError CONVOY_OUT_OF_MEMORY
 */
export function createFloats(what: string, length: number): Float32Array<ArrayBuffer> {
  const need = { what, bytes: 4 * length, fix: 'Use a smaller shape, or free memory.' };
  if (need.bytes > MAX_MEMORY_BYTES) throw outOfMemory(need, { maxBytes: MAX_MEMORY_BYTES });
  return new Float32Array(createBuffer(need));
}

/**
 * The error for memory that cannot be allocated, with the code CONVOY_OUT_OF_MEMORY.
 * @param limits.maxBytes the limit of this kind of memory, if there is one besides the memory of the machine
 */
export function outOfMemory(
  { what, bytes, details, fix }: MemoryNeed,
  { maxBytes, cause }: { readonly maxBytes?: number; readonly cause?: unknown },
): ConvoyError {
  const limit = maxBytes === undefined ? '' : `, and at most ${describeBytes(maxBytes)}`;
  return new ConvoyError('CONVOY_OUT_OF_MEMORY', {
    given: `${what} that needs ${describeBytes(bytes)}${details === undefined ? '' : ` ${details}`}`,
    expected: `no more than the machine has free in one piece${limit}`,
    fix,
    cause,
  });
}

/**
 * A number of bytes for people: `640 bytes`, `1.5 MiB`. It is rounded up to a tenth of the unit, so that a size above a
 * limit never reads like the limit.
 */
export function describeBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const exponent = Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${Math.ceil((bytes / 1024 ** exponent) * 10) / 10} ${'KMG'.charAt(exponent - 1)}iB`;
}

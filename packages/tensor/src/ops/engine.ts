// The engine of the eager ops: one memory and a cache of compiled routines. Each thread that loads this module has its
// own engine and shares nothing with other threads, so ops need no locks.
import { LruCache } from '../lru-cache.ts';
import { createGrowingMemory, MAX_MEMORY_BYTES, outOfMemory, PAGE_BYTES } from '../memory.ts';
import { Routine, type RoutineDefinition } from './routine.ts';

/** Enough for all ops of a training step of a network with about 60 layers. */
const MAX_ROUTINES = 256;

export class Engine {
  // Created by the first op, because it reserves address space.
  #memory: WebAssembly.Memory | undefined;
  #floats: Float32Array = new Float32Array();
  readonly #routines: LruCache<string, Routine>;

  constructor(maxRoutines: number) {
    this.#routines = new LruCache(maxRoutines);
  }

  /** The size of its memory in bytes: that of the largest routine so far. */
  get bytes(): number {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  /** The number of compiled routines in the cache. */
  get routines(): number {
    return this.#routines.size;
  }

  /**
   * Runs the routine with this key on `count` samples. Defines and compiles it first if it is not in the cache.
   * @param key the name of the op and everything that its definition depends on, as plain data for JSON
   * @returns the outputs by name, in new arrays
   * @throws ConvoyError CONVOY_OUT_OF_MEMORY, CONVOY_WEBASSEMBLY_UNAVAILABLE
   */
  run<Inputs extends string, Outputs extends string, Scratch extends string = never>(
    key: readonly unknown[],
    count: number,
    inputs: Readonly<Record<Inputs, Float32Array | undefined>>,
    define: () => RoutineDefinition<Inputs, Outputs, Scratch>,
  ): Record<Outputs, Float32Array> {
    this.#memory ??= createGrowingMemory();
    const memory = this.#memory;
    const routine = this.#routines.getOrCreate(JSON.stringify(key), () => new Routine(define(), memory));
    this.#reserve(memory, routine.bytes);
    return routine.run(this.#floats, count, inputs) as Record<Outputs, Float32Array>;
  }

  #reserve(memory: WebAssembly.Memory, bytes: number): void {
    const missing = bytes - memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch (cause) {
      const fix = 'Make the samples or the kernels smaller, or free memory.';
      throw outOfMemory({ what: 'an operation', bytes, fix }, { maxBytes: MAX_MEMORY_BYTES, cause });
    }
    // Growing detaches the earlier view.
    this.#floats = new Float32Array(memory.buffer);
  }
}

/** The engine of this thread. */
export const engine = new Engine(MAX_ROUTINES);

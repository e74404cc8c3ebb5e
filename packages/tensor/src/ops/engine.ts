// What eager ops run on: the memory of this thread, and the routines compiled so far. Every thread that loads this module
// has an engine of its own and shares nothing with others, so ops need no locks.
import { MAXIMUM_PAGES } from '@convoy/kernels';
import { ConvoyError } from '../errors/errors.ts';
import { RecentlyUsed } from './recently-used.ts';
import { Routine, type RoutineDefinition } from './routine.ts';

const PAGE_BYTES = 65_536;

/** All ops of a training step of a network of some 60 layers. */
const MOST_ROUTINES = 256;

export class Engine {
  // Reserves address space, so not before the first op.
  #memory: WebAssembly.Memory | undefined;
  #floats: Float32Array = new Float32Array();
  readonly #routines: RecentlyUsed<Routine>;

  constructor(mostRoutines: number) {
    this.#routines = new RecentlyUsed(mostRoutines);
  }

  /** Bytes of its memory, which is as large as the largest routine so far needed it. */
  get bytes(): number {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  /** Compiled routines that are kept. */
  get routines(): number {
    return this.#routines.size;
  }

  /**
   * Runs the routine of that key on `count` samples, defining and compiling it if it is not at hand.
   * @param key an op and everything its definition depends on, as JSON can write it
   * @returns new arrays
   * @throws ConvoyError CONVOY_OUT_OF_MEMORY
   */
  run<Inputs extends string, Outputs extends string, Scratch extends string = never>(
    key: readonly unknown[],
    count: number,
    inputs: Readonly<Record<Inputs, Float32Array | undefined>>,
    define: () => RoutineDefinition<Inputs, Outputs, Scratch>,
  ): Record<Outputs, Float32Array> {
    this.#memory ??= new WebAssembly.Memory({ initial: 0, maximum: MAXIMUM_PAGES });
    const memory = this.#memory;
    const routine = this.#routines.get(JSON.stringify(key), () => new Routine(define(), memory));
    this.#reserve(memory, routine.bytes);
    return routine.run(this.#floats, count, inputs) as Record<Outputs, Float32Array>;
  }

  #reserve(memory: WebAssembly.Memory, bytes: number): void {
    const missing = bytes - memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch (cause) {
      throw new ConvoyError('CONVOY_OUT_OF_MEMORY', {
        given: `an operation that works on ${Math.ceil(bytes / 2 ** 20)} MiB at a time`,
        expected: `no more than the machine has free, and at most ${(MAXIMUM_PAGES * PAGE_BYTES) / 2 ** 20} MiB`,
        fix: 'Make the samples or the kernels smaller, or free memory.',
        cause,
      });
    }
    // Growing detached the view.
    this.#floats = new Float32Array(memory.buffer);
  }
}

/** The engine of this thread. */
export const engine = new Engine(MOST_ROUTINES);

// A barrier for worker threads: spins briefly, since the others are usually close, then sleeps. The main thread takes no part.
import { Control } from './control.ts';

/** Looks at a barrier before sleeping: some 20 µs, about as long as waking a sleeper takes. */
export const BARRIER_SPINS = 2000;

/** Thrown out of a segment that another party has ended. */
export class SegmentAbandoned extends Error {
  override readonly name = 'SegmentAbandoned';
}

export class Barrier {
  readonly #words: Int32Array;
  readonly #workers: number;
  readonly #spins: number;

  /** @param spins looks at the barrier before sleeping; 0 where threads outnumber cores, or a spinner would keep a core from a worker */
  constructor(words: Int32Array, workers: number, spins: number) {
    this.#words = words;
    this.#workers = workers;
    this.#spins = spins;
  }

  /**
   * Returns when all workers have arrived; the last one runs `commit` before anyone goes on.
   * @throws SegmentAbandoned
   */
  arrive(commit?: () => void): void {
    const words = this.#words;
    const generation = Atomics.load(words, Control.generation);
    if (Atomics.add(words, Control.arrived, 1) === this.#workers - 1) {
      commit?.();
      Atomics.store(words, Control.arrived, 0);
      Atomics.add(words, Control.generation, 1);
      Atomics.notify(words, Control.generation);
    } else {
      let spins = this.#spins;
      while (Atomics.load(words, Control.generation) === generation) {
        if (spins-- > 0) continue;
        // The generation was loaded first: if the segment is abandoned after this look, there is nothing to sleep for.
        if (Atomics.load(words, Control.abandon) !== 0) break;
        Atomics.wait(words, Control.generation, generation);
      }
    }
    leaveIfAbandoned(words);
  }
}

/** @throws SegmentAbandoned if the main thread wants the workers to leave */
export function leaveIfAbandoned(words: Int32Array): void {
  if (Atomics.load(words, Control.abandon) !== 0) throw new SegmentAbandoned();
}

/** Makes every worker leave the segment: those that wait now, and those that arrive later. */
export function abandonSegment(words: Int32Array): void {
  Atomics.store(words, Control.abandon, 1);
  Atomics.add(words, Control.generation, 1);
  Atomics.notify(words, Control.generation);
}

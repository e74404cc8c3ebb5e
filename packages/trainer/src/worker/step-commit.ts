// The commit of a step. It runs in the last worker to arrive, while all others wait. If that worker dies in here, the step is committed whole or
// not at all.
import type { Engine } from '@convoy/layers/runtime';
import { Control } from '../shared/control.ts';
import type { WorkerSetup } from '../shared/segment.ts';

export class StepCommit {
  readonly #engine: Engine;
  readonly #stopOnNonFinite: boolean;
  readonly #words: Int32Array;
  /** The two copies of the totals. */
  readonly #totals: readonly [Float64Array, Float64Array];

  constructor({ plan, layout, memory, stopOnNonFinite }: WorkerSetup, engine: Engine) {
    const { buffer } = memory;
    this.#engine = engine;
    this.#stopOnNonFinite = stopOnNonFinite;
    this.#words = new Int32Array(buffer, layout.control);
    const [first, second] = layout.totals;
    const count = 1 + plan.scores.length;
    this.#totals = [new Float64Array(buffer, first, count), new Float64Array(buffer, second, count)];
  }

  /** Commits a step with a batch of `samples`, unless its loss ends the segment. Returns whether the step is committed. */
  run(samples: number, shards: number): boolean {
    const step = Atomics.load(this.#words, Control.step);
    const totals = this.#totals[(step & 1) as 0 | 1];
    const next = this.#totals[((step + 1) & 1) as 0 | 1];
    const loss = this.#addScores(totals, next, samples, shards);
    Atomics.store(this.#words, Control.next, 0);
    if (Atomics.load(this.#words, Control.stop) !== 0) Atomics.store(this.#words, Control.ended, 1);
    if (this.#stopOnNonFinite && !Number.isFinite(loss)) {
      Atomics.store(this.#words, Control.nonFinite, 1);
      Atomics.store(this.#words, Control.ended, 1);
      return false;
    }
    Atomics.add(this.#words, Control.step, 1);
    return true;
  }

  /** next = totals + the scores of the batch. Returns the loss in `next`. */
  #addScores(totals: Float64Array, next: Float64Array, samples: number, shards: number): number {
    const sums = this.#engine.stepScores(shards);
    next[0] = (totals[0] as number) + samples;
    for (let i = 0; i < sums.length; i++) {
      // The loss of a batch is a mean over its samples, metrics are sums.
      const sum = (sums[i] as number) * (i === 0 ? samples : 1);
      next[1 + i] = (totals[1 + i] as number) + sum;
    }
    return next[1] as number;
  }
}

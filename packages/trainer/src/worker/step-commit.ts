// The commit of a step. Runs in the last worker to arrive, while all others wait. Should it die in here, the step is committed whole or not at all.
import { Control } from '../shared/control.ts';
import type { WorkerSetup } from '../shared/segment.ts';
import { sumOverBatch } from '../shared/shard-scores.ts';

/** The place of the loss in the totals. */
const LOSS = 1;

export class StepCommit {
  readonly #setup: WorkerSetup;
  readonly #words: Int32Array;
  readonly #floats: Float32Array;
  /** The two copies of the totals. */
  readonly #totals: readonly [Float64Array, Float64Array];

  constructor(setup: WorkerSetup) {
    const { plan, layout, memory } = setup;
    const { buffer } = memory;
    this.#setup = setup;
    this.#words = new Int32Array(buffer, layout.control);
    this.#floats = new Float32Array(buffer);
    const [first, second] = layout.totals;
    const count = 1 + plan.statistics.length;
    this.#totals = [new Float64Array(buffer, first, count), new Float64Array(buffer, second, count)];
  }

  /** Of a batch of so many samples, unless its loss ends the segment. */
  run(samples: number, shards: number): void {
    const step = Atomics.load(this.#words, Control.step);
    const next = this.#totals[((step + 1) & 1) as 0 | 1];
    this.#addScores(this.#totals[(step & 1) as 0 | 1], next, samples, shards);
    Atomics.store(this.#words, Control.next, 0);
    if (Atomics.load(this.#words, Control.stop) !== 0) Atomics.store(this.#words, Control.ended, 1);
    if (this.#setup.stopOnNonFinite && !Number.isFinite(next[LOSS])) {
      Atomics.store(this.#words, Control.nonFinite, 1);
      Atomics.store(this.#words, Control.ended, 1);
      return;
    }
    Atomics.add(this.#words, Control.step, 1);
  }

  /** next = totals + the scores of the batch, shard by shard in order. */
  #addScores(totals: Float64Array, next: Float64Array, samples: number, shards: number): void {
    const { plan, layout } = this.#setup;
    next[0] = (totals[0] as number) + samples;
    for (let i = 0; i < plan.statistics.length; i++) {
      next[1 + i] = (totals[1 + i] as number) + sumOverBatch(this.#floats, plan, layout, i, 0, shards, samples);
    }
  }
}

// A worker's part of the update: sums its slice of the shards' gradients and writes the next copy of the state.
import { gradientScale, type instantiateKernels, UNIT_FLOATS, UpdateRunner } from '@convoy/layers/runtime';
import type { WorkerSetup } from '../shared/segment.ts';

const FLOAT_BYTES = 4;

export class StepUpdate {
  readonly #setup: WorkerSetup;
  readonly #updater: UpdateRunner;
  readonly #floats: Float32Array;
  readonly #hyperparameters: Float32Array;

  constructor(setup: WorkerSetup, kernels: ReturnType<typeof instantiateKernels>) {
    const { plan, layout, memory } = setup;
    this.#setup = setup;
    this.#updater = new UpdateRunner(plan, kernels, setup.hyperparameters);
    this.#floats = new Float32Array(memory.buffer);
    this.#hyperparameters = new Float32Array(memory.buffer, layout.hyperparameters);
  }

  /**
   * @param state address of the copy of the state to read
   * @param next address of the one to write
   * @param team workers that take part
   * @param hyperparameters where the step's numbers begin
   * @param meet returns when all of the team have called it
   */
  run(state: number, next: number, shards: number, team: number, hyperparameters: number, meet: () => void): void {
    const { plan, layout } = this.#setup;
    const scale = this.#clip(shards, team, meet);
    const [first, last] = this.#slice(plan.parameterFloats / UNIT_FLOATS, team);
    const { gradients } = layout;
    this.#updater.run(state, next, gradients, first, last, shards, this.#hyperparameters, hyperparameters, scale);
  }

  /** What clips the gradients by their norm: each worker sums a slice of them, then each computes the norm of all. */
  #clip(shards: number, team: number, meet: () => void): number {
    const { plan, layout } = this.#setup;
    if (!plan.clip) return 1;
    const [first, last] = this.#slice(plan.clip.chunks, team);
    this.#updater.reduce(layout.gradients, layout.norms, first, last, shards);
    meet();
    return gradientScale(this.#floats, layout.norms / FLOAT_BYTES, plan.clip);
  }

  /** This worker's share of 0 … count − 1. */
  #slice(count: number, team: number): readonly [first: number, last: number] {
    const { rank } = this.#setup;
    return [Math.floor((count * rank) / team), Math.floor((count * (rank + 1)) / team)];
  }
}

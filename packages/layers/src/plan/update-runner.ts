// Runs an optimizer's kernel: sums the shards' gradients in order and writes the next state, for a slice of the parameters.
import { CACHE_LINE, type Plan } from './plan.ts';

const FLOAT_BYTES = 4;
/** Floats in a unit of a slice: one cache line, so that no two workers write to the same one. */
export const UNIT_FLOATS = CACHE_LINE / FLOAT_BYTES;

export class UpdateRunner {
  readonly #kernel: (...values: number[]) => void;
  readonly #arrays: number;
  readonly #arrayBytes: number;
  readonly #arguments: number[];

  /** @param hyperparameters how many numbers the optimizer takes each step */
  constructor(plan: Plan, kernels: readonly ((...values: number[]) => void)[], hyperparameters: number) {
    this.#kernel = kernels[plan.update] as (...values: number[]) => void;
    this.#arrays = 1 + plan.slots.length;
    this.#arrayBytes = plan.parameterFloats * FLOAT_BYTES;
    this.#arguments = Array<number>(2 * this.#arrays + 1 + 3 + hyperparameters).fill(0);
  }

  /**
   * @param state address of the state to read
   * @param next address of the state to write
   * @param gradients address of the first shard's gradients
   * @param first first unit of 16 floats
   * @param last unit behind the last one
   * @param shards shards whose gradients are summed
   * @param hyperparameters the optimizer's numbers, from place `at` on
   */
  run(
    state: number,
    next: number,
    gradients: number,
    first: number,
    last: number,
    shards: number,
    hyperparameters: ArrayLike<number>,
    at = 0,
  ): void {
    const values = this.#arguments;
    let count = 0;
    for (let i = 0; i < this.#arrays; i++) values[count++] = state + i * this.#arrayBytes;
    values[count++] = gradients;
    for (let i = 0; i < this.#arrays; i++) values[count++] = next + i * this.#arrayBytes;
    values[count++] = first;
    values[count++] = last;
    values[count++] = shards;
    for (let i = at; count < values.length; i++) values[count++] = hyperparameters[i] as number;
    Reflect.apply(this.#kernel, undefined, values);
  }
}

// The update of a step: applies the optimizer to a slice of the parameters and writes them to the next copy of the state.
import type { KernelBinder, KernelFunction } from './backend.ts';
import { CACHE_LINE, type Plan, type PlanUpdate } from './plan.ts';

const FLOAT_BYTES = 4;
/** Floats in a unit of a slice: one cache line, so that no two workers write to the same one. */
export const UNIT_FLOATS = CACHE_LINE / FLOAT_BYTES;

type BoundUpdate = Omit<PlanUpdate, 'kernel'> & { readonly update: KernelFunction };

export class Update {
  readonly #updates: readonly BoundUpdate[];
  readonly #isScaled: boolean;
  readonly #arrays: number;
  readonly #arrayBytes: number;
  readonly #arguments: number[];

  constructor(plan: Plan, kernels: KernelBinder) {
    this.#updates = plan.updates.map(({ kernel, ...range }) => ({ ...range, update: kernels.kernel(kernel) }));
    this.#isScaled = plan.reduction?.clip !== undefined;
    this.#arrays = 1 + plan.slots.length;
    this.#arrayBytes = plan.parameterFloats * FLOAT_BYTES;
    this.#arguments = Array<number>(2 * this.#arrays + 4 + (this.#isScaled ? 1 : 0) + plan.hyperparameters).fill(0);
  }

  /**
   * @param state the address of the copy of the state to read
   * @param next the address of the copy to write
   * @param gradients the address of the first shard's gradients
   * @param first the first unit of 16 floats
   * @param end the unit after the last one
   * @param shards how many gradient buffers the kernels sum
   * @param clipFactor multiplies the gradients, in a plan that clips their norm
   * @param hyperparameters the array with the optimizer's numbers, from element `at` on
   */
  run(
    state: number,
    next: number,
    gradients: number,
    first: number,
    end: number,
    shards: number,
    clipFactor: number,
    hyperparameters: ArrayLike<number>,
    at: number,
  ): void {
    const values = this.#arguments;
    const arrays = this.#arrays;
    for (let i = 0; i < arrays; i++) {
      values[i] = state + i * this.#arrayBytes;
      values[arrays + 1 + i] = next + i * this.#arrayBytes;
    }
    values[arrays] = gradients;
    const range = 2 * arrays + 1;
    values[range + 2] = shards;
    let count = range + 3;
    if (this.#isScaled) values[count++] = clipFactor;
    for (let i = at; count < values.length; i++) values[count++] = hyperparameters[i] as number;
    for (let i = 0; i < this.#updates.length; i++) {
      const group = this.#updates[i] as BoundUpdate;
      values[range] = Math.max(first, group.first);
      values[range + 1] = Math.min(end, group.last);
      if ((values[range] as number) < (values[range + 1] as number)) Reflect.apply(group.update, undefined, values);
    }
  }
}

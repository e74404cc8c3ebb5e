// Runs the kernels of a step's end: sums the shards' gradients in order and writes the next state, for a slice of the parameters.
import { CACHE_LINE, type GradientClip, type Plan, type PlanUpdate } from './plan.ts';

const FLOAT_BYTES = 4;
/** Floats in a unit of a slice: one cache line, so that no two workers write to the same one. */
export const UNIT_FLOATS = CACHE_LINE / FLOAT_BYTES;

type ExportedKernel = (...values: number[]) => void;

type BoundUpdate = Omit<PlanUpdate, 'kernel'> & { readonly update: ExportedKernel };

/**
 * A plan without `clip`: `run`, for slices that together are all units.
 *
 * A plan with `clip`: `reduce`, for slices that together are all chunks; when all are done, `gradientScale` of their norms, which is the same
 * whoever computes it; then `run` with that scale. The slices of the two need not be the same.
 */
export class UpdateRunner {
  readonly #updates: readonly BoundUpdate[];
  readonly #reduce: ExportedKernel | undefined;
  readonly #arrays: number;
  readonly #arrayBytes: number;
  readonly #arguments: number[];

  /** @param hyperparameters how many numbers the optimizer takes each step */
  constructor(plan: Plan, kernels: readonly ExportedKernel[], hyperparameters: number) {
    this.#updates = plan.updates.map(({ kernel, ...range }) => ({
      ...range,
      update: kernels[kernel] as ExportedKernel,
    }));
    this.#reduce = plan.clip && kernels[plan.clip.reduce];
    this.#arrays = 1 + plan.slots.length;
    this.#arrayBytes = plan.parameterFloats * FLOAT_BYTES;
    this.#arguments = Array<number>(2 * this.#arrays + 1 + 3 + (plan.clip ? 1 : 0) + hyperparameters).fill(0);
  }

  /**
   * Sums gradients into the first shard's and, for each chunk, their squares into its norm.
   * @param gradients address of the first shard's gradients
   * @param norms address of the norms, one float a chunk
   * @param first first chunk of `Plan.clip.chunkUnits` units
   * @param last chunk behind the last one
   * @param shards shards whose gradients are summed
   */
  reduce(gradients: number, norms: number, first: number, last: number, shards: number): void {
    this.#reduce?.(gradients, norms, first, last, shards);
  }

  /**
   * @param state address of the state to read
   * @param next address of the state to write
   * @param gradients address of the first shard's gradients
   * @param first first unit of 16 floats
   * @param last unit behind the last one
   * @param shards shards whose gradients are summed
   * @param hyperparameters the optimizer's numbers, from place `at` on
   * @param scale what the gradients are multiplied by, in a plan with `clip`
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
    scale = 1,
  ): void {
    const values = this.#arguments;
    const arrays = this.#arrays;
    for (let i = 0; i < arrays; i++) {
      values[i] = state + i * this.#arrayBytes;
      values[arrays + 1 + i] = next + i * this.#arrayBytes;
    }
    values[arrays] = gradients;
    let count = 2 * arrays + 1;
    const range = count;
    count += 3;
    if (this.#reduce) values[count++] = scale;
    for (let i = at; count < values.length; i++) values[count++] = hyperparameters[i] as number;
    for (let i = 0; i < this.#updates.length; i++) {
      const group = this.#updates[i] as BoundUpdate;
      values[range] = Math.max(first, group.first);
      values[range + 1] = Math.min(last, group.last);
      if ((values[range] as number) >= (values[range + 1] as number)) continue;
      values[range + 2] = this.#reduce && group.isClipped ? 1 : shards;
      Reflect.apply(group.update, undefined, values);
    }
  }
}

/**
 * min(1, c / (‖g‖ + 1e-6)), where c is the clip's norm and ‖g‖² the sum, in float64 and in order, of the chunks' norms. NaN if a gradient is.
 * @param floats what the norms lie in, from place `at` on
 */
export function gradientScale(floats: Float32Array, at: number, { chunks, norm }: GradientClip): number {
  let squares = 0;
  for (let i = 0; i < chunks; i++) squares += floats[at + i] as number;
  return Math.min(1, norm / (Math.sqrt(squares) + 1e-6));
}

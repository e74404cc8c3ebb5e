// The training state as tensors: parameters, running statistics and optimizer slots in the current one of its two copies.
import { ConvoyError, formatShape, sameShape, sizeOf, Tensor } from '@convoy/tensor';
import { isIterable } from '@convoy/tensor/builtins';
import { checkTensor } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import type { Plan, PlanParameter } from './plan.ts';

const FLOAT_BYTES = 4;

export class TrainingState {
  readonly #plan: Plan;
  readonly #floats: Float32Array;
  readonly #addresses: readonly [number, number];
  readonly #step: () => number;

  /**
   * @param addresses of the two copies in `buffer`
   * @param step how many steps are committed
   */
  constructor(plan: Plan, buffer: ArrayBufferLike, addresses: readonly [number, number], step: () => number) {
    this.#plan = plan;
    this.#floats = new Float32Array(buffer);
    this.#addresses = addresses;
    this.#step = step;
  }

  /** Makes the slots what they are before the first step: zeros, or copies of the parameters. */
  startSlots(): void {
    const { slotStarts, parameterFloats } = this.#plan;
    const state = this.#current;
    for (const [i, start] of slotStarts.entries()) {
      const slot = state + (1 + i) * parameterFloats;
      if (start === 'zeros') this.#floats.fill(0, slot, slot + parameterFloats);
      else this.#floats.copyWithin(slot, state, state + parameterFloats);
    }
  }

  /**
   * Copies by the names of the parameters, all of the same step.
   * @param array 0 for the parameters themselves, 1 + i for slot i of the optimizer
   * @throws ConvoyError CONVOY_OUT_OF_MEMORY
   */
  copies(array = 0): Map<string, Tensor> {
    // While a segment runs, the copy of the state that is read here is written again as soon as a step is committed.
    for (;;) {
      const step = this.#step();
      const copies = new Map(this.#plan.parameters.map((entry) => [entry.name, this.#view(entry, array).clone()]));
      if (this.#step() === step) return copies;
    }
  }

  /** A view of a parameter, or of what a slot keeps for it. @throws ConvoyError CONVOY_UNKNOWN_NAME */
  view(name: string, array = 0): Tensor {
    const entry = this.#plan.parameters.find((parameter) => parameter.name === name);
    if (entry) return this.#view(entry, array);
    throw new ConvoyError('CONVOY_UNKNOWN_NAME', {
      given: `the parameter ${typeof name === 'string' ? `'${name}'` : describeValue(name)}`,
      expected: `one of ${this.#plan.parameters.map((parameter) => parameter.name).join(', ')}`,
      fix: 'Take the names that parameters() lists.',
    });
  }

  /**
   * Replaces some or all parameters. Slots stay, but before the first step they start from the new parameters.
   * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH; then no parameter has changed
   */
  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    if (!isIterable(parameters)) throw noPairs(parameters);
    const pairs = Array.from(parameters, (pair) => {
      if (!Array.isArray(pair) || pair.length !== 2) throw noPairs(pair);
      const [name] = pair;
      const own = this.view(name);
      const tensor = checkTensor(`the parameter '${name}'`, pair[1]);
      if (!sameShape(own.shape, tensor.shape)) throw shapeDiffers(name, tensor, own);
      return [own, tensor] as const;
    });
    for (const [own, tensor] of pairs) own.data.set(tensor.data);
    if (this.#step() === 0) this.startSlots();
  }

  #view({ shape, offset }: PlanParameter, array: number): Tensor {
    const at = this.#current + array * this.#plan.parameterFloats + offset;
    return new Tensor(this.#floats.subarray(at, at + sizeOf(shape)), shape);
  }

  /** The element at which the current copy begins. */
  get #current(): number {
    return this.#addresses[(this.#step() & 1) as 0 | 1] / FLOAT_BYTES;
  }
}

const noPairs = (given: unknown) =>
  new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(given)} as parameters`,
    expected: 'a Map of tensors by name, or pairs of a name and a tensor',
    fix: 'Pass what parameters() returns, or an object by its entries: Object.entries(object).',
  });

const shapeDiffers = (name: string, given: Tensor, own: Tensor) =>
  new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `'${name}' of shape ${formatShape(given.shape)}`,
    expected: formatShape(own.shape),
    fix: 'Take the parameters of a model with the same layers.',
  });

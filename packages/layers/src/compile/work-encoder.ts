// Encodes the kernels of a plan as soon as they are made: their trees, which are many times as large, need not be in memory side by side.
import { type EncodedModule, type Kernel, ModuleEncoder, writtenBuffers } from '@convoy/kernels';
import type { Call, Exchange, Place, Work } from '../layer-context.ts';

/** A call of which the number of its kernel is left. */
export interface EncodedCall {
  readonly kernel: number;
  readonly places: readonly Place[];
  /** Those of the places that it writes. */
  readonly written: readonly Place[];
  /** Whose it is, if not of the operation in whose work it stands. */
  readonly layer?: string;
}

export type EncodedExchange = Omit<Exchange, 'combine'> & { readonly combine: readonly EncodedCall[] };
export type EncodedWork = EncodedCall | EncodedExchange;

export class WorkEncoder {
  readonly #module = new ModuleEncoder({ shared: true });
  /** The same call is encoded once. */
  readonly #calls = new WeakMap<Call, EncodedCall>();

  /** @returns the kernel's number in the plan's module */
  readonly kernel = (kernel: Kernel): number => this.#module.add(kernel);

  readonly call = (call: Call): EncodedCall => {
    const { kernel, places } = call;
    const encoded = this.#calls.get(call) ?? { kernel: this.kernel(kernel), places, written: placesWritten(call) };
    this.#calls.set(call, encoded);
    return encoded;
  };

  readonly work = (work: Work): EncodedWork =>
    'combine' in work ? { ...work, combine: work.combine.map(this.call) } : this.call(work);

  module(): EncodedModule {
    return this.#module.encode();
  }
}

export function placesWritten({ kernel, places }: Call): readonly Place[] {
  const buffers = writtenBuffers(kernel);
  return kernel.parameters.flatMap((parameter, i) =>
    parameter.kind === 'buffer' && buffers.has(parameter.buffer) ? [places[i] as Place] : [],
  );
}

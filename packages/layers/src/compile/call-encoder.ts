// Encodes the kernels of calls as soon as layers make them: their trees, which are many times as large, need not be in memory side by side.
import { type EncodedModule, type Kernel, writtenBuffers } from '@convoy/kernels';
import type { Call, Exchange, Location, Work } from '../layer-context.ts';
import type { KernelEncoder } from '../runtime/backend.ts';
import { type OperandExchange, orderedOperands } from './operands.ts';

/** A call with the numbers of its kernels in the plan's module. */
export interface EncodedCall {
  readonly kernel: number;
  readonly laterKernel: number;
  /** The layer, 'loss' or the name of a metric. */
  readonly layer: string;
  /** In the order of the kernel's parameters. */
  readonly operands: readonly Location[];
  /** The operands that the kernel writes. */
  readonly written: readonly Location[];
}

export type EncodedExchange = Omit<Exchange, 'combine'> & { readonly combine: readonly EncodedCall[] };
export type EncodedWork = EncodedCall | EncodedExchange;

export class CallEncoder {
  readonly #module: KernelEncoder;
  /** The same call is encoded once. */
  readonly #calls = new WeakMap<Call, EncodedCall>();

  constructor(module: KernelEncoder) {
    this.#module = module;
  }

  /** @returns the number of the kernel in the plan's module */
  readonly kernel = (kernel: Kernel): number => this.#module.add(kernel);

  /** @throws ConvoyError CONVOY_LAYER_FAILED if an operand is wrong; see `operands.ts` */
  call(call: Call, layer: string, exchange?: OperandExchange): EncodedCall {
    // Before the look-up: the same call may stand before different exchanges.
    const written = writtenOperands(call);
    const operands = orderedOperands(call, layer, exchange, written);
    const known = this.#calls.get(call);
    if (known) return known;
    const kernel = this.kernel(call.kernel);
    const laterKernel = call.laterKernel === call.kernel ? kernel : this.kernel(call.laterKernel);
    const encoded = { kernel, laterKernel, layer, operands, written };
    this.#calls.set(call, encoded);
    return encoded;
  }

  /** All work of a layer in one pass. */
  works(works: readonly Work[], layer: string): readonly EncodedWork[] {
    return works.map((work, i) => {
      if (!isExchange(work)) {
        const exchange = works.slice(i).find((later) => isExchange(later));
        return this.call(work, layer, exchange && { partialFloats: exchange.partialFloats, isCombining: false });
      }
      const { partialFloats } = work;
      const combine = work.combine.map((call) => this.call(call, layer, { partialFloats, isCombining: true }));
      return { ...work, combine };
    });
  }

  module(): EncodedModule {
    return this.#module.encode();
  }
}

/** Narrows work to an exchange, before and after it is encoded. */
export function isExchange<E extends { readonly combine: readonly unknown[] }>(work: object | E): work is E {
  return 'combine' in work;
}

/** The operands that a call's kernel writes. */
export function writtenOperands({ kernel, operands }: Call): readonly Location[] {
  const buffers = writtenBuffers(kernel);
  return kernel.parameters.flatMap((parameter) => {
    const operand = operands[parameter.name];
    return operand && parameter.kind === 'buffer' && buffers.has(parameter.buffer) ? [operand] : [];
  });
}

// A routine: what an op does for one shape, compiled. It takes its items a block at a time through memory that it is lent,
// so that the memory it needs does not depend on their number. Nothing is checked here; ops know that the shapes fit.
import { encodeModule, gather, type Kernel, LANES, scatter } from '@convoy/kernels';

/**
 * A buffer of a routine.
 * - `samples`: `size` numbers a sample. Row-major outside, in the layout of the kernels inside; lanes without a sample are 0.
 * - `numbers`: numbers one by one, of which the kernels take `BLOCK_NUMBERS` at a time.
 * - `whole`: `size` numbers that all items share. An output starts at 0 and the kernels add to it.
 */
export type Slot = { readonly kind: 'samples' | 'whole'; readonly size: number } | { readonly kind: 'numbers' };

export const samples = (size: number): Slot => ({ kind: 'samples', size });
export const whole = (size: number): Slot => ({ kind: 'whole', size });
export const numbers = (): Slot => ({ kind: 'numbers' });

/** 16 KiB, so that what a kernel reads and writes stays in the first-level cache. */
export const BLOCK_NUMBERS = 4096;

/** A kernel and its arguments in order, undefined where the kernel does without one. */
export interface Call {
  readonly kernel: Kernel;
  readonly arguments: readonly (Slot | undefined)[];
}

/** All items are samples, or all are numbers. A slot that only calls name is scratch. */
export interface RoutineDefinition<Inputs extends string = string, Outputs extends string = string> {
  readonly inputs: Readonly<Record<Inputs, Slot | undefined>>;
  readonly outputs: Readonly<Record<Outputs, Slot>>;
  readonly calls: readonly Call[];
}

/** The numbers of inputs or outputs by name. */
export type Arrays<Names extends string = string> = Record<Names, Float32Array>;

type ExportedKernel = (...addresses: number[]) => void;

/** One execution: items `first` to `first + count − 1` are in memory. */
interface Execution {
  readonly floats: Float32Array;
  readonly inputs: Readonly<Record<string, Float32Array | undefined>>;
  readonly outputs: Arrays;
  first: number;
  count: number;
}

type Step = (execution: Execution) => void;

const FLOAT_BYTES = 4;
const CACHE_LINE = 64;

export class Routine {
  /** Bytes of memory that it needs, from address 0. */
  readonly bytes: number;
  readonly #itemsPerBlock: number;
  readonly #atStart: Step[] = [];
  readonly #eachBlock: Step[] = [];
  readonly #atEnd: Step[] = [];

  constructor(definition: RoutineDefinition, memory: WebAssembly.Memory) {
    const inputs = Object.entries(definition.inputs).filter((entry): entry is [string, Slot] => entry[1] !== undefined);
    const outputs = Object.entries(definition.outputs);
    const conversions = new Map<Slot, Kernel>();
    for (const [, slot] of inputs) if (slot.kind === 'samples') conversions.set(slot, gatherRows(slot.size));
    for (const [, slot] of outputs) if (slot.kind === 'samples') conversions.set(slot, scatter(slot.size));
    const calls = definition.calls.map((call) => ({ ...call, arguments: call.arguments.filter((slot) => !!slot) }));
    const kernels = instantiate([...calls.map(({ kernel }) => kernel), ...conversions.values()], memory);
    const slots = new Set([...inputs, ...outputs].map(([, slot]) => slot).concat(calls.flatMap((call) => call.arguments)));
    const layout = layOut(slots, kernels.guardBytes);

    this.bytes = layout.bytes;
    this.#itemsPerBlock = [...slots].some(({ kind }) => kind === 'numbers') ? BLOCK_NUMBERS : LANES;
    const address = (slot: Slot) => layout.addresses.get(slot) as number;
    const run = (kernel: Kernel, ...addresses: number[]) => {
      const exported = kernels.functions.get(kernel) as ExportedKernel;
      return () => exported(...addresses);
    };
    for (const [name, slot] of inputs) this.#addInput();
  }
}

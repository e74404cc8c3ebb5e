// A routine: what an op does for one shape, compiled. It takes its samples a block at a time through memory that it is
// lent, so that the memory it needs does not depend on their number. Nothing is checked here; ops know that shapes fit.
import { encodeModule, gather, type Kernel, LANES, scatter } from '@convoy/kernels';

/**
 * A buffer of a routine: `size` numbers a sample, row-major outside and in the layout of the kernels inside; or `size`
 * numbers that all samples share. A shared output starts at 0, so that every block can add to it.
 */
export interface Slot {
  readonly kind: 'samples' | 'shared';
  readonly size: number;
}

export const samples = (size: number): Slot => ({ kind: 'samples', size });
export const shared = (size: number): Slot => ({ kind: 'shared', size });

/** Slots by name; where one is undefined, the routine and its kernels do without it. */
type Slots<Names extends string = string> = Readonly<Record<Names, Slot | undefined>>;

/** The numbers of slots by name. */
export type Arrays<Names extends string = string> = Readonly<Record<Names, Float32Array | undefined>>;

export interface RoutineDefinition<
  Inputs extends string = string,
  Outputs extends string = string,
  Scratch extends string = string,
> {
  readonly inputs: Slots<Inputs>;
  readonly outputs: Readonly<Record<Outputs, Slot>>;
  /** What kernels hand to each other. */
  readonly scratch?: Slots<Scratch>;
  /** What runs for every block, in order: kernels and the slots that are their arguments. */
  readonly calls: readonly {
    readonly kernel: Kernel;
    readonly arguments: readonly NoInfer<Inputs | Outputs | Scratch>[];
  }[];
}

type RunKernel = (...addresses: number[]) => void;

const FLOAT_BYTES = 4;
const CACHE_LINE = 64;

/** An input or output whose numbers enter or leave at `at`, in floats. */
interface Port {
  readonly name: string;
  readonly size: number;
  readonly at: number;
}

/** Samples enter and leave as rows; `convert` takes a block of them into the layout of the kernels or back. */
interface SamplesPort extends Port {
  readonly convert: () => void;
}

export class Routine {
  /** Bytes of memory that it needs, from address 0. */
  readonly bytes: number;
  readonly #sharedInputs: readonly Port[];
  readonly #samplesInputs: readonly SamplesPort[];
  readonly #samplesOutputs: readonly SamplesPort[];
  readonly #sharedOutputs: readonly Port[];
  readonly #calls: readonly (() => void)[];

  constructor({ inputs, outputs, scratch = {}, calls }: RoutineDefinition, memory: WebAssembly.Memory) {
    const gathers = ofKind('samples', inputs).map((entry) => ({ ...entry, kernel: gatherRows(entry.size) }));
    const scatters = ofKind('samples', outputs).map((entry) => ({ ...entry, kernel: scatter(entry.size) }));
    const kernels = [...calls, ...gathers, ...scatters].map(({ kernel }) => kernel);
    const { functions, guardBytes } = instantiate(kernels, memory);

    // The rows of one block: the ports take turns.
    const rows = samples(Math.max(0, ...[...gathers, ...scatters].map(({ size }) => size)));
    const slots = { ...inputs, ...outputs, ...scratch, rows };
    const { addresses, bytes } = layOut(slots, guardBytes);
    const portAt = (place: string, { name, size }: NamedSlot): Port => ({
      name,
      size,
      at: (addresses.get(place) as number) / FLOAT_BYTES,
    });
    const bind = (kernel: Kernel, names: readonly string[]) => {
      const run = functions.get(kernel) as RunKernel;
      const places = names.flatMap((name) => addresses.get(name) ?? []);
      return () => run(...places);
    };
    this.bytes = bytes;
    this.#calls = calls.map((call) => bind(call.kernel, call.arguments));
    this.#sharedInputs = ofKind('shared', inputs).map((slot) => portAt(slot.name, slot));
    this.#sharedOutputs = ofKind('shared', outputs).map((slot) => portAt(slot.name, slot));
    this.#samplesInputs = gathers.map(({ kernel, ...slot }) => ({
      ...portAt('rows', slot),
      convert: bind(kernel, ['rows', slot.name]),
    }));
    this.#samplesOutputs = scatters.map(({ kernel, ...slot }) => ({
      ...portAt('rows', slot),
      convert: bind(kernel, [slot.name, 'rows']),
    }));
  }

  /** Runs on `count` samples in the memory that `floats` views. The results are new arrays. */
  run(floats: Float32Array, count: number, inputs: Arrays): Record<string, Float32Array> {
    const results: Record<string, Float32Array> = {};
    for (const { name, size } of this.#samplesOutputs) results[name] = new Float32Array(count * size);
    for (const { name, at } of this.#sharedInputs) floats.set(inputs[name] as Float32Array, at);
    for (const { at, size } of this.#sharedOutputs) floats.fill(0, at, at + size);
    for (let first = 0; first < count; first += LANES) {
      this.#runBlock(floats, first, Math.min(LANES, count - first), inputs, results);
    }
    for (const { name, at, size } of this.#sharedOutputs) results[name] = floats.slice(at, at + size);
    return results;
  }

  #runBlock(floats: Float32Array, first: number, count: number, inputs: Arrays, results: Arrays): void {
    for (const { name, size, at, convert } of this.#samplesInputs) {
      floats.set((inputs[name] as Float32Array).subarray(first * size, (first + count) * size), at);
      // Lanes without a sample are 0, so they add nothing to what is summed over samples.
      floats.fill(0, at + count * size, at + LANES * size);
      convert();
    }
    for (const call of this.#calls) call();
    for (const { name, size, at, convert } of this.#samplesOutputs) {
      convert();
      (results[name] as Float32Array).set(floats.subarray(at, at + count * size), first * size);
    }
  }
}

interface NamedSlot extends Slot {
  readonly name: string;
}

function ofKind(kind: Slot['kind'], slots: Slots): readonly NamedSlot[] {
  return Object.entries(slots).flatMap(([name, slot]) => (slot?.kind === kind ? { ...slot, name } : []));
}

const gatherRows = (size: number): Kernel =>
  gather({ source: 'f32', channels: 1, area: size, scale: [1], offset: [0] });

function instantiate(kernels: readonly Kernel[], memory: WebAssembly.Memory) {
  const { bytes, exportNames, guardBytes } = encodeModule(kernels, { shared: false });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const functions = new Map(kernels.map((kernel, i) => [kernel, exports[exportNames[i] as string] as RunKernel]));
  return { functions, guardBytes };
}

/** Slots one behind the other, each on cache lines of its own, behind what the kernels want to be left free. */
function layOut(slots: Slots, guardBytes: number) {
  const addresses = new Map<string, number>();
  let bytes = roundUp(guardBytes);
  for (const [name, slot] of Object.entries(slots)) {
    if (!slot) continue;
    addresses.set(name, bytes);
    bytes = roundUp(bytes + slot.size * (slot.kind === 'samples' ? LANES : 1) * FLOAT_BYTES);
  }
  return { addresses, bytes };
}

const roundUp = (bytes: number): number => Math.ceil(bytes / CACHE_LINE) * CACHE_LINE;

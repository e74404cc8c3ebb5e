// A routine: the compiled form of an op for one shape. It processes its samples block by block in memory that the engine
// lends it, so the amount of memory does not depend on the number of samples. The op has checked the shapes of its
// operands before.
import { encodeModule, gather, type Kernel, LANES, scatter } from '@convoy/kernels';
import { createFloats } from '../memory.ts';
import { compileWebAssembly } from '../webassembly.ts';
import { boundBuffers, type Call, call } from './call.ts';

/**
 * A buffer of a routine. 'samples': `size` numbers per sample, row-major for the caller and in the block layout for
 * kernels. 'shared': `size` numbers for all samples. A shared output starts at 0, so that every block can add to it.
 */
export interface RoutineBuffer {
  readonly kind: 'samples' | 'shared';
  readonly size: number;
}

export const samples = (size: number): RoutineBuffer => ({ kind: 'samples', size });
export const shared = (size: number): RoutineBuffer => ({ kind: 'shared', size });

/** Buffers by name. Undefined means that the routine and its kernels do without this buffer. */
type Buffers<Names extends string = string> = Readonly<Record<Names, RoutineBuffer | undefined>>;

/** The numbers of buffers by name. */
export type Arrays<Names extends string = string> = Readonly<Record<Names, Float32Array | undefined>>;

export interface RoutineDefinition<
  Inputs extends string = string,
  Outputs extends string = string,
  Scratch extends string = string,
> {
  readonly inputs: Buffers<Inputs>;
  readonly outputs: Readonly<Record<Outputs, RoutineBuffer>>;
  /** What kernels pass to each other or use during a call. */
  readonly scratch?: Buffers<Scratch>;
  /** What runs for every block, in this order. */
  readonly calls: readonly Call<NoInfer<Inputs | Outputs | Scratch>>[];
}

type RunKernel = (...addresses: number[]) => void;

const FLOAT_BYTES = 4;
const CACHE_LINE = 64;

/** The rows of one block. All inputs and outputs of kind 'samples' enter and leave through this buffer, in turn. */
const ROWS = 'rows';

/** An input or output, and where its numbers enter or leave, in floats. */
interface Transfer {
  readonly name: string;
  readonly size: number;
  readonly position: number;
}

/** Samples enter and leave as rows. `convert` converts a block of rows to the block layout, or back. */
interface BlockTransfer extends Transfer {
  readonly convert: () => void;
}

export class Routine {
  /** The number of bytes of memory that it needs, from address 0. */
  readonly bytes: number;
  readonly #sharedInputs: readonly Transfer[];
  readonly #sampleInputs: readonly BlockTransfer[];
  readonly #sampleOutputs: readonly BlockTransfer[];
  readonly #sharedOutputs: readonly Transfer[];
  readonly #calls: readonly (() => void)[];

  /** @throws Error if a call does not fit the operands of its kernel */
  constructor({ inputs, outputs, scratch = {}, calls }: RoutineDefinition, memory: WebAssembly.Memory) {
    const gathers = ofKind('samples', inputs).map((buffer) => ({
      ...buffer,
      call: call(gatherRows(buffer.size), { rows: ROWS, x: buffer.name }),
    }));
    const scatters = ofKind('samples', outputs).map((buffer) => ({
      ...buffer,
      call: call(scatter(buffer.size), { x: buffer.name, rows: ROWS }),
    }));
    const rowSize = Math.max(0, ...[...gathers, ...scatters].map(({ size }) => size));
    const buffers = { ...inputs, ...outputs, ...scratch, [ROWS]: samples(rowSize) };
    const sizes = sizesOf(buffers);
    const allCalls = [...calls, ...[...gathers, ...scatters].map((transfer) => transfer.call)];
    const bound = new Map(allCalls.map((one) => [one, boundBuffers(one, sizes)]));

    const kernels = allCalls.map(({ kernel }) => kernel);
    const { functions, guardBytes } = instantiate(kernels, memory);
    const { addresses, bytes } = layOut(sizes, guardBytes);
    const addressOf = (name: string) => addresses.get(name) as number;
    const bind = (one: Call) => {
      const run = functions.get(one.kernel) as RunKernel;
      const pointers = (bound.get(one) as readonly string[]).map(addressOf);
      return () => run(...pointers);
    };
    const transferAt = (address: number, { name, size }: NamedBuffer): Transfer => ({
      name,
      size,
      position: address / FLOAT_BYTES,
    });
    const blockTransfer = (buffer: NamedBuffer & { readonly call: Call }): BlockTransfer => ({
      ...transferAt(addressOf(ROWS), buffer),
      convert: bind(buffer.call),
    });
    this.bytes = bytes;
    this.#calls = calls.map(bind);
    this.#sharedInputs = ofKind('shared', inputs).map((buffer) => transferAt(addressOf(buffer.name), buffer));
    this.#sharedOutputs = ofKind('shared', outputs).map((buffer) => transferAt(addressOf(buffer.name), buffer));
    this.#sampleInputs = gathers.map(blockTransfer);
    this.#sampleOutputs = scatters.map(blockTransfer);
  }

  /** Runs on `count` samples in the memory that `floats` views. The results are new arrays. */
  run(floats: Float32Array, count: number, inputs: Arrays): Record<string, Float32Array> {
    const results: Record<string, Float32Array> = {};
    for (const { name, size } of this.#sampleOutputs) results[name] = createFloats('a result', count * size);
    for (const { name, position } of this.#sharedInputs) floats.set(inputs[name] as Float32Array, position);
    for (const { position, size } of this.#sharedOutputs) floats.fill(0, position, position + size);
    for (let first = 0; first < count; first += LANES) {
      this.#runBlock(floats, first, Math.min(LANES, count - first), inputs, results);
    }
    for (const { name, position, size } of this.#sharedOutputs) results[name] = floats.slice(position, position + size);
    return results;
  }

  #runBlock(floats: Float32Array, first: number, count: number, inputs: Arrays, results: Arrays): void {
    for (const { name, size, position, convert } of this.#sampleInputs) {
      floats.set((inputs[name] as Float32Array).subarray(first * size, (first + count) * size), position);
      // Lanes without a sample are 0, so that they add nothing to sums over samples.
      floats.fill(0, position + count * size, position + LANES * size);
      convert();
    }
    for (const runCall of this.#calls) runCall();
    for (const { name, size, position, convert } of this.#sampleOutputs) {
      convert();
      (results[name] as Float32Array).set(floats.subarray(position, position + count * size), first * size);
    }
  }
}

interface NamedBuffer extends RoutineBuffer {
  readonly name: string;
}

function ofKind(kind: RoutineBuffer['kind'], buffers: Buffers): readonly NamedBuffer[] {
  return Object.entries(buffers).flatMap(([name, buffer]) => (buffer?.kind === kind ? { ...buffer, name } : []));
}

const gatherRows = (size: number) => gather({ source: 'f32', channels: 1, area: size, scale: [1], offset: [0] });

function instantiate(kernels: readonly Kernel[], memory: WebAssembly.Memory) {
  const { bytes, exportNames, guardBytes } = encodeModule(kernels, { shared: false });
  const { exports } = new WebAssembly.Instance(compileWebAssembly(bytes), { env: { memory } });
  const functions = new Map(kernels.map((kernel, i) => [kernel, exports[exportNames[i] as string] as RunKernel]));
  return { functions, guardBytes };
}

/** The numbers of elements of buffers for one block, by name. */
function sizesOf(buffers: Buffers): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const [name, buffer] of Object.entries(buffers)) {
    if (buffer) sizes.set(name, buffer.size * (buffer.kind === 'samples' ? LANES : 1));
  }
  return sizes;
}

/** Puts the buffers one after the other, each on its own cache lines, after the bytes that the kernels need free. */
function layOut(sizes: ReadonlyMap<string, number>, guardBytes: number) {
  const addresses = new Map<string, number>();
  let bytes = roundUp(guardBytes);
  for (const [name, size] of sizes) {
    addresses.set(name, bytes);
    bytes = roundUp(bytes + size * FLOAT_BYTES);
  }
  return { addresses, bytes };
}

const roundUp = (bytes: number): number => Math.ceil(bytes / CACHE_LINE) * CACHE_LINE;

// Assembles kernels into one WebAssembly module over an imported memory.
import type { Kernel } from '../../language/kernel.ts';
import { ByteWriter } from './byte-writer.ts';
import { type EncodedFunction, type EncodingOptions, encodeFunction } from './function-encoder.ts';

/** A WebAssembly module with its exports. */
export interface EncodedModule {
  /** A module that imports `env.memory` and exports kernel i under the name `exportNames[i]`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly exportNames: readonly string[];
  /** Buffers that these kernels work on must not start below this address. */
  readonly guardBytes: number;
}

/** How kernels are encoded. */
export interface ModuleOptions extends Partial<EncodingOptions> {
  /** Whether the memory is shared between threads. */
  readonly shared: boolean;
}

/** The greatest number of pages of 64 KiB in a 32-bit memory. */
export const MAXIMUM_PAGES = 65_536;

const LATIN1 = new TextDecoder('latin1');
const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const Section = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const FUNCTION_TYPE = 0x60;
const MEMORY = 0x02;
const LIMITS_WITH_MAXIMUM = 0x01;
const LIMITS_SHARED = 0x03;

/**
 * Whether unrolled loops are faster. They are since V8 13.6; earlier versions spill their registers, which halves the
 * speed (convolution on V8 11.3: 10–28 GFLOP/s unrolled, 57 GFLOP/s not). The bits are the same either way.
 */
export const unrollByDefault = (v8Version: string): boolean => {
  const [major = 0, minor = 0] = v8Version.split('.').map(Number);
  return major > 13 || (major === 13 && minor >= 6);
};

/** Encodes each kernel as an exported function with the parameters of the kernel, in order. */
export function encodeModule(kernels: readonly Kernel[], options: ModuleOptions): EncodedModule {
  const encoder = new ModuleEncoder(options);
  for (const kernel of kernels) encoder.add(kernel);
  return encoder.encode();
}

/**
 * Encodes kernels one at a time, so that their trees need not be in memory together. Kernels with equal code share one
 * function, which is exported under several names.
 */
export class ModuleEncoder {
  readonly #shared: boolean;
  readonly #unroll: boolean;
  readonly #functions: EncodedFunction[] = [];
  /** Indices into `#functions`: by the bytes of a function, and by kernel. */
  readonly #known = new Map<string, number>();
  readonly #indices = new WeakMap<Kernel, number>();
  readonly #exports: { readonly name: string; readonly index: number }[] = [];

  constructor({ shared, unroll = unrollByDefault(process.versions.v8) }: ModuleOptions) {
    this.#shared = shared;
    this.#unroll = unroll;
  }

  /** @returns the index of the kernel in `exportNames` */
  add(kernel: Kernel): number {
    const index = this.#indices.get(kernel) ?? this.#indexOf(encodeFunction(kernel, { unroll: this.#unroll }));
    this.#indices.set(kernel, index);
    return this.#exports.push({ name: `${this.#exports.length}:${kernel.name}`, index }) - 1;
  }

  #indexOf(encoded: EncodedFunction): number {
    const key = `${encoded.guardBytes} ${encoded.parameters} ${LATIN1.decode(encoded.body)}`;
    // A copy, because the array of the writer is larger.
    const index = this.#known.get(key) ?? this.#functions.push({ ...encoded, body: encoded.body.slice() }) - 1;
    this.#known.set(key, index);
    return index;
  }

  encode(): EncodedModule {
    const functions = this.#functions;
    const writer = new ByteWriter().append(HEADER);
    const section = (id: number, entries: readonly ByteWriter[]) => {
      const content = new ByteWriter().unsigned(entries.length);
      for (const entry of entries) content.append(entry.bytes());
      writer.byte(id).sized(content.bytes());
    };
    section(
      Section.type,
      functions.map(({ parameters }) => new ByteWriter().byte(FUNCTION_TYPE).sized(parameters).unsigned(0)),
    );
    const limits = this.#shared ? LIMITS_SHARED : LIMITS_WITH_MAXIMUM;
    section(Section.import, [
      new ByteWriter().name('env').name('memory').byte(MEMORY).byte(limits).unsigned(0).unsigned(MAXIMUM_PAGES),
    ]);
    section(
      Section.function,
      functions.map((_, i) => new ByteWriter().unsigned(i)),
    );
    section(
      Section.export,
      this.#exports.map(({ name, index }) => new ByteWriter().name(name).byte(0).unsigned(index)),
    );
    section(
      Section.code,
      functions.map(({ body }) => new ByteWriter().sized(body)),
    );
    const exportNames = this.#exports.map(({ name }) => name);
    const guardBytes = functions.reduce((bytes, f) => Math.max(bytes, f.guardBytes), 0);
    return { bytes: writer.bytes().slice(), exportNames, guardBytes };
  }
}

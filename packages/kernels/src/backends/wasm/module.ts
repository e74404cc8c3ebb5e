// Assembles kernels into one WebAssembly module over an imported memory.
import type { Kernel } from '../../language/kernel.ts';
import { ByteWriter } from './byte-writer.ts';
import { type EncodedFunction, type EncodingOptions, encodeFunction } from './function-encoder.ts';

export interface EncodedModule {
  /** The module: imports `env.memory`, exports kernel i as the i-th of `exportNames`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly exportNames: readonly string[];
  /** The lowest address at which a buffer that is given to these kernels may start. */
  readonly guardBytes: number;
}

export interface ModuleOptions extends Partial<EncodingOptions> {
  /** Whether the memory is shared between threads. */
  readonly shared: boolean;
}

/** Pages of 64 KiB that a 32-bit memory can have. */
export const MAXIMUM_PAGES = 65_536;

const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const Section = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const FUNCTION_TYPE = 0x60;
const MEMORY = 0x02;
const LIMITS_WITH_MAXIMUM = 0x01;
const LIMITS_SHARED = 0x03;

/**
 * Unrolled loop bodies pay from V8 13.6 on; before, V8 spills their registers and halves the speed
 * (10–28 against 57 GFLOP/s for convolution on V8 11.3). The bits are the same either way.
 */
export const unrollByDefault = (v8Version: string): boolean => {
  const [major = 0, minor = 0] = v8Version.split('.').map(Number);
  return major > 13 || (major === 13 && minor >= 6);
};

/** Each kernel becomes an exported function whose parameters are the kernel's, in order. */
export function encodeModule(kernels: readonly Kernel[], options: ModuleOptions): EncodedModule {
  const encoder = new ModuleEncoder(options);
  for (const kernel of kernels) encoder.add(kernel);
  return encoder.encode();
}

/** As `encodeModule`, kernel by kernel: whoever makes many need not keep their trees. Equal functions are one, under several names. */
export class ModuleEncoder {
  readonly #shared: boolean;
  readonly #unroll: boolean;
  readonly #functions: EncodedFunction[] = [];
  /** The places of functions among these, by their bytes, and by kernels that have been added. */
  readonly #known = new Map<string, number>();
  readonly #places = new WeakMap<Kernel, number>();
  readonly #exports: { readonly name: string; readonly place: number }[] = [];

  constructor({ shared, unroll = unrollByDefault(process.versions.v8) }: ModuleOptions) {
    this.#shared = shared;
    this.#unroll = unroll;
  }

  /** @returns the kernel's place in `exportNames` */
  add(kernel: Kernel): number {
    const place = this.#places.get(kernel) ?? this.#place(encodeFunction(kernel, { unroll: this.#unroll }));
    this.#places.set(kernel, place);
    return this.#exports.push({ name: `${this.#exports.length}:${kernel.name}`, place }) - 1;
  }

  #place(encoded: EncodedFunction): number {
    const key = `${encoded.guardBytes} ${encoded.parameters} ${Buffer.from(encoded.body).toString('latin1')}`;
    // The writer's own array is larger.
    const place = this.#known.get(key) ?? this.#functions.push({ ...encoded, body: encoded.body.slice() }) - 1;
    this.#known.set(key, place);
    return place;
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
      this.#exports.map(({ name, place }) => new ByteWriter().name(name).byte(0).unsigned(place)),
    );
    section(
      Section.code,
      functions.map(({ body }) => new ByteWriter().sized(body)),
    );
    const exportNames = this.#exports.map(({ name }) => name);
    const guardBytes = Math.max(0, ...functions.map((f) => f.guardBytes));
    return { bytes: writer.bytes().slice(), exportNames, guardBytes };
  }
}

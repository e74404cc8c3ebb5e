// The part of the WebAssembly JavaScript interface that Convoy uses. TypeScript declares it only together with the whole DOM, and
// `@types/node` does not declare it at all. Specification: https://webassembly.github.io/spec/js-api/

declare namespace WebAssembly {
  interface MemoryDescriptor {
    /** Pages of 64 KiB. */
    readonly initial: number;
    /** Pages of 64 KiB; needed when shared. */
    readonly maximum?: number;
    readonly shared?: boolean;
  }

  class Memory {
    constructor(descriptor: MemoryDescriptor);
    /** A SharedArrayBuffer if, and only if, the memory was made with `shared: true`. */
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
    grow(pages: number): number;
  }

  type ExportValue = ((...values: number[]) => number | undefined) | Memory;
  type Exports = Readonly<Record<string, ExportValue>>;
  type ImportValue = ((...values: number[]) => number | undefined) | Memory | number;
  type Imports = Readonly<Record<string, Readonly<Record<string, ImportValue>>>>;

  class Module {
    constructor(bytes: ArrayBufferView | ArrayBufferLike);
  }

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function compile(bytes: ArrayBufferView | ArrayBufferLike): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function validate(bytes: ArrayBufferView | ArrayBufferLike): boolean;
}

// What encodes kernels and runs them. WebAssembly is the first back end: `wasm-backend.ts` here binds, `@convoy/kernels` encodes.
import type { EncodedModule, Kernel } from '@convoy/kernels';
import type { Address } from './plan.ts';

/** A kernel that is ready to be called with the addresses and numbers of its operands, in the order of its parameters. */
export type KernelFunction = (...values: number[]) => void;

/** Collects the kernels of a plan. */
export interface KernelEncoder {
  /** @returns the number of the kernel in the module */
  add(kernel: Kernel): number;
  encode(): EncodedModule;
}

/** A call whose operands lie in regions; `run` takes the base address of each region, by its number. */
export type BoundKernel = (bases: Int32Array) => void;

/** The kernels of a module over one memory. */
export interface KernelBinder {
  /** The kernel by its number. */
  kernel(number: number): KernelFunction;
  /** A call of a kernel with its operands. Running it allocates nothing. */
  bind(kernel: number, operands: readonly Address[]): BoundKernel;
}

/**
 * Two halves: threads that run a plan load `bind` only. All back ends compute the same bits; the conformance tests of the kernels compare them
 * with the interpreter.
 */
export interface Backend {
  encode(): KernelEncoder;
  bind(module: WebAssembly.Module, exportNames: readonly string[], memory: WebAssembly.Memory): KernelBinder;
}

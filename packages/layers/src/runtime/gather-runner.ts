// Runs the kernel that brings rows of samples into the block layout; `compile/gather.ts` compiles it.
import { instantiateKernels } from './wasm-backend.ts';

/** A module with one kernel, for samples of one shape and encoding. Can be posted to other threads, which share its code. */
export interface GatherModule {
  readonly module: WebAssembly.Module;
  readonly exportNames: readonly string[];
  readonly guardBytes: number;
}

/** Turns the 8 rows at address `rows` into the block at address `inputs`. */
export type Gather = (rows: number, inputs: number) => void;

export function instantiateGather({ module, exportNames }: GatherModule, memory: WebAssembly.Memory): Gather {
  const [run] = instantiateKernels(module, exportNames, memory);
  return run as Gather;
}

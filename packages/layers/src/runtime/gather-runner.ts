// Runs the kernel that brings samples into a plan's workspace; `gatherer.ts` compiles it.
import { instantiateKernels } from './block-runner.ts';

/** A module with the one kernel that gathers samples of such shape and encoding. Can be posted to other threads, which share its code. */
export interface GatherModule {
  readonly module: WebAssembly.Module;
  readonly exportNames: readonly string[];
  readonly guardBytes: number;
}

/** The function (rows, inputs) that turns the 8 rows at one address into the block at another. */
export function instantiateGather(
  { module, exportNames }: GatherModule,
  memory: WebAssembly.Memory,
): (rows: number, inputs: number) => void {
  const [run] = instantiateKernels(module, exportNames, memory);
  return run as (rows: number, inputs: number) => void;
}

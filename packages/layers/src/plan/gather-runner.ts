// Runs the kernel that brings samples into a plan's workspace; `gatherer.ts` compiles it.
import { instantiateKernels } from './block-runner.ts';

/** A module with the one kernel that gathers samples of such shape and encoding. Plain data, which can be posted to other threads. */
export interface GatherModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly exportNames: readonly string[];
  readonly guardBytes: number;
}

/** The function (rows, inputs) that turns the 8 rows at one address into the block at another. */
export function instantiateGather(
  { bytes, exportNames }: GatherModule,
  memory: WebAssembly.Memory,
): (rows: number, inputs: number) => void {
  const [run] = instantiateKernels(new WebAssembly.Module(bytes), exportNames, memory);
  return run as (rows: number, inputs: number) => void;
}

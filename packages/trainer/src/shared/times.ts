// Where a worker's times lie, if the trainer profiles.
import type { MemoryLayout } from './memory-layout.ts';
import { PHASES } from './worker-status.ts';

/** Milliseconds by phase and by kernel. */
export interface Times {
  readonly phases: Float64Array;
  readonly kernels: Float64Array;
}

export function timesOf(buffer: ArrayBufferLike, { times }: MemoryLayout, rank: number, kernels: number): Times {
  const all = new Float64Array(buffer, times[rank], PHASES + kernels);
  return { phases: all.subarray(0, PHASES), kernels: all.subarray(PHASES) };
}

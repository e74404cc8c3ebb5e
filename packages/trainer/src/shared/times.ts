// Where the times of a worker lie, if the trainer profiles.
import type { MemoryLayout } from './memory-layout.ts';
import { ACTIVITIES } from './worker-status.ts';

/** Milliseconds by activity and by kernel. */
export interface Times {
  readonly activities: Float64Array;
  readonly kernels: Float64Array;
}

export function timesOf(buffer: ArrayBufferLike, { times }: MemoryLayout, rank: number, kernels: number): Times {
  const all = new Float64Array(buffer, times[rank], ACTIVITIES + kernels);
  return { activities: all.subarray(0, ACTIVITIES), kernels: all.subarray(ACTIVITIES) };
}

// How long it takes to start a thread, and to meet a thread at the barrier.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Barrier } from '../shared/barrier.ts';
import { CONTROL_WORDS } from '../shared/control.ts';

export interface BarrierTimes {
  readonly startMilliseconds: number;
  /** The time between two meetings of two threads that do nothing else: the best of several hundred in a row. */
  readonly barrierMicroseconds: number;
}

const SERIES = 10;
const MEETINGS = 200;

/** The data for the other thread. */
export interface MeetingPlan {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly cores: number;
  readonly meetings: number;
}

// Neither a compiler nor Node rewrites the extension in a URL: it is the extension of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerModule = new URL(`./barrier-worker.${extension}`, import.meta.url);

export async function barrierTimes(): Promise<BarrierTimes> {
  const words = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT));
  const cores = availableParallelism();
  const workerData: MeetingPlan = { words, cores, meetings: SERIES * MEETINGS };
  const start = performance.now();
  const worker = new Worker(workerModule, { workerData });
  try {
    // The other thread comes to the barrier next, so nothing may be awaited from here on.
    await once(worker, 'message');
    const startMilliseconds = performance.now() - start;
    const barrier = new Barrier(words, 2, cores);
    let best = Number.POSITIVE_INFINITY;
    for (let series = 0; series < SERIES; series++) {
      const first = performance.now();
      for (let meeting = 0; meeting < MEETINGS; meeting++) barrier.arrive();
      best = Math.min(best, performance.now() - first);
    }
    return { startMilliseconds, barrierMicroseconds: (1000 * best) / MEETINGS };
  } finally {
    await worker.terminate();
  }
}

// How long it takes to start a thread and to meet one at the barrier.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Barrier } from '../shared/barrier.ts';
import { CONTROL_WORDS } from '../shared/control.ts';

export interface BarrierTimes {
  readonly startMilliseconds: number;
  /** From the arrival of two threads at the barrier to their next one, if they do nothing else: the best of some hundreds in a row. */
  readonly barrierMicroseconds: number;
}

const SERIES = 10;
const MEETINGS = 200;

/** What the other thread is told. */
export interface MeetingPlan {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly cores: number;
  readonly meetings: number;
}

// Neither a compiler nor Node rewrites the extension in a URL: it is that of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const workerModule = new URL(`./barrier-worker.${extension}`, import.meta.url);

export async function barrierTimes(): Promise<BarrierTimes> {
  const words = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * Int32Array.BYTES_PER_ELEMENT));
  const cores = availableParallelism();
  const workerData: MeetingPlan = { words, cores, meetings: SERIES * MEETINGS };
  const start = performance.now();
  const worker = new Worker(workerModule, { workerData });
  try {
    // It comes to the barrier next: from here on nothing is awaited.
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

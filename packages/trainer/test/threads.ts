// Watching the threads of a process, and waiting for what they do without guessing how long it takes.
import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';

/** Resolves as soon as the condition holds, which is looked at in every turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}

/** How many threads are started during the work, and how many of them are left after it. The work is given those that live. */
export async function threadsDuring(
  work: (living: ReadonlySet<Worker>) => Promise<void>,
): Promise<{ started: number; left: number }> {
  const living = new Set<Worker>();
  let started = 0;
  const watch = (thread: Worker) => {
    started++;
    living.add(thread);
    thread.once('exit', () => living.delete(thread));
  };
  process.on('worker', watch);
  try {
    await work(living);
    return { started, left: living.size };
  } finally {
    process.off('worker', watch);
  }
}

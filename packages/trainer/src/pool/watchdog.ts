// Finds workers that hang: a worker that neither makes progress nor waits for others, and all workers if none makes progress.
import { Activity, type WorkerStatus } from '../shared/worker-status.ts';
import { everySeconds } from './hang-timer.ts';

/** How often the watchdog looks at the workers in the time that they are given. */
const LOOKS = 8;

/** What a worker may do for any time. */
const WAITING: readonly Activity[] = [Activity.idle, Activity.wait, Activity.data];

/**
 * Looks at the workers from time to time. Returns what ends this.
 * @param statuses the status of each worker, by rank
 * @param seconds how long a worker may do one thing; with Infinity the watchdog does nothing
 * @param terminate is called with the rank of a worker that hangs
 */
export function watchForHangs(
  statuses: readonly WorkerStatus[],
  seconds: number,
  terminate: (rank: number) => void,
): () => void {
  const seen = statuses.map(({ beats }) => ({ beats, looks: 0 }));
  return everySeconds(seconds / LOOKS, () => {
    for (const [rank, { activity, beats }] of statuses.entries()) {
      const last = seen[rank] as { beats: number; looks: number };
      last.looks = beats === last.beats ? last.looks + 1 : 0;
      last.beats = beats;
      if (last.looks === LOOKS && !WAITING.includes(activity)) terminate(rank);
    }
    // If all workers wait for each other, one of them only seems to wait.
    if (seen.every(({ looks }) => looks >= 2 * LOOKS)) for (const rank of statuses.keys()) terminate(rank);
  });
}

// Kills workers that hang: those that neither get on nor wait for others, and all if nobody gets on.
import { Activity, type WorkerStatus } from '../shared/worker-status.ts';

/** Looks at the workers this many times in the time they are given. */
const LOOKS = 8;

export class Watchdog {
  readonly #timer: NodeJS.Timeout | undefined;

  /**
   * @param statuses where the workers are, by rank
   * @param seconds how long a worker may stay in one place; Infinity for no watchdog
   * @param kill is told the rank of one that stays longer
   */
  constructor(statuses: readonly WorkerStatus[], seconds: number, kill: (rank: number) => void) {
    if (seconds === Number.POSITIVE_INFINITY) return;
    const seen = statuses.map(({ beats }) => ({ beats, looks: 0 }));
    const look = () => {
      for (const [rank, { activity, beats }] of statuses.entries()) {
        const last = seen[rank] as { beats: number; looks: number };
        last.looks = beats === last.beats ? last.looks + 1 : 0;
        last.beats = beats;
        if (last.looks === LOOKS && activity !== Activity.idle && activity !== Activity.wait) kill(rank);
      }
      // Where all wait for each other, one of them only seems to.
      if (seen.every(({ looks }) => looks >= 2 * LOOKS)) for (const rank of statuses.keys()) kill(rank);
    };
    this.#timer = setInterval(look, (seconds * 1000) / LOOKS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

// What the campaigns with killed processes have in common: their data, a run that is not disturbed, and random times.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream } from '@convoy/tensor';
import { type KillInstant, runTarget } from './kill-process.ts';
import type { TargetEnd } from './kill-target.ts';
import { writeSmallMnist } from './small-mnist.ts';

/** The result and the duration of a run that is not killed. */
export interface Undisturbed {
  readonly end: TargetEnd;
  readonly millisecondsToStart: number;
  readonly milliseconds: number;
}

export const MAX_WORKERS = 3;
/** 17 steps per epoch, the last one with a smaller batch; a checkpoint after every second step of the four epochs. */
const SAMPLES = { train: 1050, test: 200 };
const CHECKPOINTS = 34;
/** A process is killed after one of its first checkpoints, at most this one, so that a run takes about three processes. */
const LAST_KILL = 20;

/** Calls `work` with the directory of the data, which also has room for runs, and with an undisturbed run. */
export async function withUndisturbed<T>(work: (data: string, undisturbed: Undisturbed) => Promise<T>): Promise<T> {
  const data = await mkdtemp(join(tmpdir(), 'convoy-kills-'));
  try {
    await writeSmallMnist(data, SAMPLES);
    // The first process fills the cache of compiled modules, the second one is timed.
    await runTarget({ data, workers: 2 });
    const { end, outcome, errors, ...times } = await runTarget({ data, workers: 2 });
    if (!end) throw new Error(`The undisturbed run ${outcome}: ${errors}`);
    return await work(data, { ...times, end });
  } finally {
    await rm(data, { recursive: true });
  }
}

/** When to kill a process: while it writes a checkpoint, or at another time. */
export function instantOf(
  random: Random,
  inWrite: boolean,
  { millisecondsToStart, milliseconds }: Undisturbed,
): KillInstant {
  if (inWrite) {
    // Immediately, or after a fraction of a millisecond: writing and syncing a file of one megabyte takes a few milliseconds.
    return { checkpoint: 1 + random.below(LAST_KILL), milliseconds: random.below(2) * random.uniform() };
  }
  // At any time between two checkpoints, or between the start of the process and its first step.
  const checkpoint = random.below(LAST_KILL);
  const span = checkpoint === 0 ? millisecondsToStart : (milliseconds - millisecondsToStart) / CHECKPOINTS;
  return { checkpoint, milliseconds: random.uniform() * span };
}

/** A sequence of random numbers. */
export class Random {
  readonly #stream: RandomStream;
  #drawn = 0;

  constructor(seed: number, purpose: string) {
    this.#stream = new RandomStream(seed, purpose);
  }

  /** From 0 to below 1. */
  uniform(): number {
    return this.#stream.uniform(this.#drawn++);
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(limit * this.uniform());
  }
}

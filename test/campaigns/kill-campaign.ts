// Kills training processes with SIGKILL at random times, half of them while they write a checkpoint, and resumes them with other numbers of
// workers until each run has ended. No run may lose a checkpoint, and each must end with the bits of an undisturbed run.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream } from '@convoy/tensor';
import { loadCheckpoint } from '../../packages/trainer/src/checkpoint/checkpoint-files.ts';
import { type KilledProcess, type KillInstant, runTarget } from './kill-process.ts';
import type { TargetEnd } from './kill-target.ts';
import { writeSmallMnist } from './small-mnist.ts';

export interface KillCampaignOptions {
  readonly seed: number;
  /** New runs start until so many processes have been killed, half of them during a write. */
  readonly kills: number;
  /** Called after each run. */
  readonly onRun?: (run: KilledRun) => void;
}

/** A run with all of its processes. */
export interface KilledRun {
  /** The number of workers of each process. */
  readonly workers: readonly number[];
  /** The step from which each process continued; undefined if it was killed before. */
  readonly steps: readonly (number | undefined)[];
  readonly kills: number;
  /** Kills that left a temporary file, so a checkpoint was being written. */
  readonly killsInWrite: number;
  /** What went wrong. */
  readonly problems: readonly string[];
}

/** The result and the duration of a run that is not killed. */
interface Undisturbed {
  readonly end: TargetEnd;
  readonly millisecondsToStart: number;
  readonly milliseconds: number;
}

const MAX_WORKERS = 3;
/** 17 steps per epoch, the last one with a smaller batch; a checkpoint after every second step of the four epochs. */
const SAMPLES = { train: 1050, test: 200 };
const CHECKPOINTS = 34;
/** A process is killed after one of its first checkpoints, at most this one, so that a run takes about three processes. */
const LAST_KILL = 20;
/** The number that `checkpoint` keeps. A process that is killed between writing one and removing the oldest one leaves one more. */
const KEPT = 2;

/** @returns all runs; after a run with problems there is no other */
export async function runKillCampaign(options: KillCampaignOptions): Promise<readonly KilledRun[]> {
  const data = await mkdtemp(join(tmpdir(), 'convoy-kills-'));
  try {
    await writeSmallMnist(data, SAMPLES);
    return await runAll(data, options);
  } finally {
    await rm(data, { recursive: true });
  }
}

async function runAll(data: string, { seed, kills, onRun }: KillCampaignOptions): Promise<readonly KilledRun[]> {
  const random = new Random(seed);
  // The first process fills the cache of compiled modules, the second one is timed.
  await runTarget({ data, workers: 2 });
  const undisturbed = await runTarget({ data, workers: 2 });
  const { end, ...times } = undisturbed;
  if (!end) throw new Error(`The undisturbed run ${undisturbed.outcome}: ${undisturbed.errors}`);
  const runs: KilledRun[] = [];
  const total = (key: 'kills' | 'killsInWrite') => runs.reduce((sum, run) => sum + run[key], 0);
  while (total('kills') < kills || total('killsInWrite') < kills / 2) {
    // Kills during a write cannot be planned, so each run tries to restore the balance.
    const balance = total('kills') - 2 * total('killsInWrite');
    const run = await runToEnd(random, data, { ...times, end }, balance);
    runs.push(run);
    onRun?.(run);
    if (run.problems.length > 0) break;
  }
  return runs;
}

/** @param balance the number of kills so far, minus twice the number of those during a write */
async function runToEnd(random: Random, data: string, undisturbed: Undisturbed, balance: number): Promise<KilledRun> {
  const directory = await mkdtemp(join(data, 'run-'));
  const run = { workers: [] as number[], steps: [] as (number | undefined)[], kills: 0, killsInWrite: 0 };
  const problems: string[] = [];
  const stale = new Set<string>();
  for (let last = 0, ended = false; !ended && problems.length === 0; ) {
    const workers = 1 + random.below(MAX_WORKERS);
    const inWrite = balance + run.kills - 2 * run.killsInWrite >= 0;
    const process = await runTarget({ data, directory, workers }, instantOf(random, inWrite, undisturbed));
    run.workers.push(workers);
    run.steps.push(process.start?.step);
    const { temporary, steps } = await inspect(directory, problems);
    if (process.outcome === 'killed') run.kills++;
    // A process that was killed before it removed old temporary files leaves those of the process before it.
    if (process.outcome === 'killed' && temporary.some((name) => !stale.has(name))) run.killsInWrite++;
    for (const name of temporary) stale.add(name);
    ended = process.outcome === 'ended';
    problems.push(...problemsOf(process, last, undisturbed.end));
    if (ended && temporary.length > 0) problems.push(`the run left ${temporary.join(', ')} when it ended`);
    const maxCheckpoints = KEPT + (ended ? 0 : run.kills);
    if (steps.length > maxCheckpoints) problems.push(`there are checkpoints of steps ${steps.join(', ')}`);
    const highest = Math.max(0, ...steps);
    if (highest < last) problems.push(`checkpoint ${last} was lost; the last one is ${highest}`);
    last = highest;
  }
  return { ...run, problems };
}

/** The problems in the output of a process that should continue from the checkpoint of step `last`. */
function problemsOf(process: KilledProcess, last: number, expected: TargetEnd): string[] {
  const { outcome, start, end, errors } = process;
  const problems: string[] = [];
  if (outcome === 'hung' || outcome === 'failed') problems.push(`a process ${outcome}: ${errors}`);
  if (outcome === 'ended' && !end) problems.push('a process ended without a result');
  if (start && start.step !== last) problems.push(`a process continued from step ${start.step}, expected ${last}`);
  if (start && start.temporary.length > 0) problems.push(`a process did not remove ${start.temporary.join(', ')}`);
  if (end && end.hash !== expected.hash)
    problems.push(`the hash of the parameters is ${end.hash}, expected ${expected.hash}`);
  if (end && end.records !== expected.records) problems.push('the records of the epochs differ');
  return problems;
}

/** Loads every checkpoint. @returns their steps, and the names of temporary files */
async function inspect(directory: string, problems: string[]) {
  const temporary: string[] = [];
  const steps: number[] = [];
  for (const file of await readdir(directory)) {
    if (file.endsWith('.tmp')) {
      temporary.push(file);
      continue;
    }
    try {
      const { step } = (await loadCheckpoint(join(directory, file))).position;
      if (step !== Number(/\d+/.exec(file))) problems.push(`${file} contains step ${step}`);
      steps.push(step);
    } catch (error) {
      problems.push(`${file} cannot be loaded: ${error}`);
    }
  }
  return { temporary, steps };
}

function instantOf(random: Random, inWrite: boolean, { millisecondsToStart, milliseconds }: Undisturbed): KillInstant {
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
class Random {
  readonly #stream: RandomStream;
  #drawn = 0;

  constructor(seed: number) {
    this.#stream = new RandomStream(seed, 'kills');
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

// Kills training processes with SIGKILL at random instants, half of them in the middle of writing a checkpoint, and resumes them with other
// numbers of workers, until each run has ended. No run may lose a checkpoint, and each must end with the bits of one that was never disturbed.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream } from '@convoy/tensor';
import { loadCheckpoint } from '../../packages/trainer/src/checkpoint/checkpoint-directory.ts';
import { type KilledProcess, type KillInstant, runTarget } from './kill-process.ts';
import type { TargetEnd } from './kill-target.ts';
import { writeSmallMnist } from './small-mnist.ts';

export interface KillCampaignOptions {
  readonly seed: number;
  /** New runs are begun until so many processes have been killed, half of them in a write. */
  readonly kills: number;
  /** Hears of each run that has ended. */
  readonly onRun?: (run: KilledRun) => void;
}

/** A run with all its processes. */
export interface KilledRun {
  /** Of each process that was started. */
  readonly workers: readonly number[];
  /** From which each process went on; undefined for one that was killed before. */
  readonly steps: readonly (number | undefined)[];
  readonly kills: number;
  /** Kills that left a temporary file behind: a checkpoint was being written. */
  readonly killsInWrite: number;
  /** What was not as it should be. */
  readonly problems: readonly string[];
}

/** A run that nobody kills: what it ends with, and what it takes. */
interface Undisturbed {
  readonly end: TargetEnd;
  readonly millisecondsToStart: number;
  readonly milliseconds: number;
}

const MOST_WORKERS = 3;
/** 17 steps an epoch, the last one being a part of a batch; after every second one of the four epochs' steps there is a checkpoint. */
const SAMPLES = { train: 1050, test: 200 };
const CHECKPOINTS = 34;
/** The last checkpoint behind which a process may be killed, so that a run takes some three processes to its end. */
const FURTHEST = 20;
/** As many as `checkpoint` keeps. A process that is killed between writing one and removing the oldest leaves one more. */
const KEPT = 2;

/** @returns all runs; the last one has problems if any has */
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
  // The first process fills the cache of compiled code, the second one is timed.
  await runTarget({ data, workers: 2 });
  const undisturbed = await runTarget({ data, workers: 2 });
  const { end, ...times } = undisturbed;
  if (!end) throw new Error(`A run that nothing disturbs ${undisturbed.outcome}: ${undisturbed.errors}`);
  const runs: KilledRun[] = [];
  const total = (key: 'kills' | 'killsInWrite') => runs.reduce((sum, run) => sum + run[key], 0);
  while (total('kills') < kills || total('killsInWrite') < kills / 2) {
    // The balance that the runs before have left: hits cannot be planned, only aimed at.
    const balance = total('kills') - 2 * total('killsInWrite');
    const run = await runToEnd(random, data, { ...times, end }, balance);
    runs.push(run);
    onRun?.(run);
    if (run.problems.length > 0) break;
  }
  return runs;
}

/** @param balance kills so far less twice those in a write */
async function runToEnd(random: Random, data: string, undisturbed: Undisturbed, balance: number): Promise<KilledRun> {
  const directory = await mkdtemp(join(data, 'run-'));
  const run = { workers: [] as number[], steps: [] as (number | undefined)[], kills: 0, killsInWrite: 0 };
  const problems: string[] = [];
  const stale = new Set<string>();
  for (let last = 0, ended = false; !ended && problems.length === 0; ) {
    const workers = 1 + random.below(MOST_WORKERS);
    const inWrite = balance + run.kills - 2 * run.killsInWrite >= 0;
    const process = await runTarget({ data, directory, workers }, instantOf(random, inWrite, undisturbed));
    run.workers.push(workers);
    run.steps.push(process.start?.step);
    const { temporary, steps } = await inspect(directory, problems);
    if (process.outcome === 'killed') run.kills++;
    // A process that was killed before it could tidy up leaves those of the one before it.
    if (process.outcome === 'killed' && temporary.some((name) => !stale.has(name))) run.killsInWrite++;
    for (const name of temporary) stale.add(name);
    ended = process.outcome === 'ended';
    problems.push(...problemsOf(process, last, undisturbed.end));
    if (ended && temporary.length > 0) problems.push(`a run that ended left ${temporary.join(', ')}`);
    const mostCheckpoints = KEPT + (ended ? 0 : run.kills);
    if (steps.length > mostCheckpoints) problems.push(`there are checkpoints of steps ${steps.join(', ')}`);
    const highest = Math.max(0, ...steps);
    if (highest < last) problems.push(`checkpoint ${last} was lost; the last one is ${highest}`);
    last = highest;
  }
  return { ...run, problems };
}

/** What a process says of itself that it should not, where the last checkpoint before it was that of step `last`. */
function problemsOf(process: KilledProcess, last: number, expected: TargetEnd): string[] {
  const { outcome, start, end, errors } = process;
  const problems: string[] = [];
  if (outcome === 'hung' || outcome === 'failed') problems.push(`a process ${outcome}: ${errors}`);
  if (outcome === 'ended' && !end) problems.push('a process ended without a result');
  if (start && start.step !== last) problems.push(`a process went on from step ${start.step} in place of ${last}`);
  if (start && start.temporary.length > 0) problems.push(`a process left alone ${start.temporary.join(', ')}`);
  if (end && end.hash !== expected.hash) problems.push(`the parameters are ${end.hash} in place of ${expected.hash}`);
  if (end && end.records !== expected.records) problems.push('the records of the epochs differ');
  return problems;
}

/** Loads every checkpoint; returns their steps, and the names of temporary files. */
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
      if (step !== Number(/\d+/.exec(file))) problems.push(`${file} is of step ${step}`);
      steps.push(step);
    } catch (error) {
      problems.push(`${file} cannot be loaded: ${error}`);
    }
  }
  return { temporary, steps };
}

function instantOf(random: Random, inWrite: boolean, { millisecondsToStart, milliseconds }: Undisturbed): KillInstant {
  if (inWrite) {
    // At once, or a fraction of a millisecond later: writing and syncing a file of a megabyte takes a few.
    return { checkpoint: 1 + random.below(FURTHEST), milliseconds: random.below(2) * random.uniform() };
  }
  // Anywhere from one checkpoint to the next, or from the start of the process to its first step.
  const checkpoint = random.below(FURTHEST);
  const span = checkpoint === 0 ? millisecondsToStart : (milliseconds - millisecondsToStart) / CHECKPOINTS;
  return { checkpoint, milliseconds: random.uniform() * span };
}

/** The draws of a campaign, one after the other. */
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

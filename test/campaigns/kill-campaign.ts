// Kills training processes with SIGKILL at random times, half of them while they write a checkpoint, and resumes them with other numbers of
// workers until each run has ended. No run may lose a checkpoint, and each must end with the bits of an undisturbed run.
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCheckpoint } from '../../packages/trainer/src/checkpoint/checkpoint-files.ts';
import { LOCK_FILE } from '../../packages/trainer/src/checkpoint/directory-lock.ts';
import { type KilledProcess, runTarget } from './kill-process.ts';
import { instantOf, MAX_WORKERS, Random, type Undisturbed, withUndisturbed } from './kill-setting.ts';
import type { TargetEnd } from './kill-target.ts';

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

/** The number that `checkpoint` keeps. A process that is killed between writing one and removing the oldest one leaves one more. */
const KEPT = 2;

/** @returns all runs; after a run with problems there is no other */
export const runKillCampaign = ({ seed, kills, onRun }: KillCampaignOptions): Promise<readonly KilledRun[]> =>
  withUndisturbed(async (data, undisturbed) => {
    const random = new Random(seed, 'kills');
    const runs: KilledRun[] = [];
    const total = (key: 'kills' | 'killsInWrite') => runs.reduce((sum, run) => sum + run[key], 0);
    while (total('kills') < kills || total('killsInWrite') < kills / 2) {
      // Kills during a write cannot be planned, so each run tries to restore the balance.
      const balance = total('kills') - 2 * total('killsInWrite');
      const run = await runToEnd(random, data, undisturbed, balance);
      runs.push(run);
      onRun?.(run);
      if (run.problems.length > 0) break;
    }
    return runs;
  });

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
    const { temporary, locks, steps } = await inspect(directory, problems);
    if (process.outcome === 'killed') run.kills++;
    // A process that was killed before it removed old temporary files leaves those of the process before it.
    if (process.outcome === 'killed' && temporary.some((name) => !stale.has(name))) run.killsInWrite++;
    for (const name of temporary) stale.add(name);
    ended = process.outcome === 'ended';
    problems.push(...problemsOf(process, last, undisturbed.end));
    const left = [...temporary, ...locks];
    if (ended && left.length > 0) problems.push(`the run left ${left.join(', ')} when it ended`);
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

/** Loads every checkpoint. @returns their steps, and the names of temporary files and locks */
async function inspect(directory: string, problems: string[]) {
  const temporary: string[] = [];
  const locks: string[] = [];
  const steps: number[] = [];
  for (const file of await readdir(directory)) {
    const others = file.endsWith('.tmp') ? temporary : file.startsWith(LOCK_FILE) ? locks : undefined;
    if (others) {
      others.push(file);
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
  return { temporary, locks, steps };
}

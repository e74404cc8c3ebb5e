// Two processes in one directory of checkpoints. While one process looks for checkpoints without a pause, another one trains there and is killed
// at a random time, half of the times while it writes a checkpoint. Then two processes try to continue the run at the same time, one of them with
// a delay in half of the rounds. One of the two must find the killed process's lock stale and end with the bits of an undisturbed run; the other
// one must be refused before its first step.
import { mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type KilledProcess, runTarget } from './kill-process.ts';
import { instantOf, MAX_WORKERS, Random, type Undisturbed, withUndisturbed } from './kill-setting.ts';
import type { TargetEnd } from './kill-target.ts';
import { startLooking } from './look-process.ts';

export interface PairCampaignOptions {
  readonly seed: number;
  readonly rounds: number;
  /** Called after each round. */
  readonly onRound?: (round: PairRound) => void;
}

export interface PairRound {
  readonly looks: number;
  /** Whether the first process was killed; else it ended before. */
  readonly killed: boolean;
  /** The step from which the run continued; undefined if both processes were refused. */
  readonly step: number | undefined;
  /** How many of the two processes were refused: one, or none if the second one started after the end of the run. */
  readonly refused: number;
  readonly problems: readonly string[];
}

/** @returns all rounds; after a round with problems there is no other */
export const runPairCampaign = ({ seed, rounds, onRound }: PairCampaignOptions): Promise<readonly PairRound[]> =>
  withUndisturbed(async (data, undisturbed) => {
    const random = new Random(seed, 'pairs');
    const done: PairRound[] = [];
    while (done.length < rounds && !done.some(({ problems }) => problems.length > 0)) {
      const round = await runRound(random, data, undisturbed);
      done.push(round);
      onRound?.(round);
    }
    return done;
  });

async function runRound(random: Random, data: string, undisturbed: Undisturbed): Promise<PairRound> {
  const directory = await mkdtemp(join(data, 'pair-'));
  const target = () => ({ data, directory, workers: 1 + random.below(MAX_WORKERS) });
  const stopLooking = await startLooking(data, directory);
  const first = await runTarget(target(), instantOf(random, random.below(2) === 0, undisturbed));
  const delay = random.below(2) * random.uniform() * undisturbed.millisecondsToStart;
  const pair = await Promise.all([runTarget(target()), setTimeout(delay).then(() => runTarget(target()))]);
  const looking = await stopLooking();
  const refused = pair.filter(isRefused);
  const trained = pair.filter((process) => !isRefused(process));
  const problems = [...looking.problems];
  if (trained.length === 0) problems.push('both processes were refused');
  if (first.outcome !== 'killed') problems.push(...problemsOf(first, undisturbed.end));
  for (const process of trained) problems.push(...problemsOf(process, undisturbed.end));
  const left = (await readdir(directory)).filter((name) => !name.startsWith('step-') || name.endsWith('.tmp'));
  if (left.length > 0) problems.push(`${left.join(', ')} are left`);
  return {
    looks: looking.looks,
    killed: first.outcome === 'killed',
    step: trained[0]?.start?.step,
    refused: refused.length,
    problems,
  };
}

const isRefused = ({ outcome, start, errors }: KilledProcess): boolean =>
  outcome === 'failed' && start === undefined && errors.includes('CONVOY_DIRECTORY_IN_USE');

function problemsOf({ outcome, end, errors }: KilledProcess, expected: TargetEnd): string[] {
  if (!end) return [`a process ${outcome} without a result: ${errors}`];
  const problems: string[] = [];
  if (end.hash !== expected.hash) problems.push(`the hash of the parameters is ${end.hash}, expected ${expected.hash}`);
  if (end.records !== expected.records) problems.push('the records of the epochs differ');
  return problems;
}

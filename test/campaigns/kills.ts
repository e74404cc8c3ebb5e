// The kill campaign as a program: prints a table; the exit code is 1 if a run differs from an undisturbed one.
// npm run campaign:kill -- --kills 100 --pairs 20 --seed 1
import { type KilledRun, runKillCampaign } from './kill-campaign.ts';
import { campaignOptions } from './options.ts';
import { type PairRound, runPairCampaign } from './pair-campaign.ts';

const { seed, kills: minKills, pairs } = campaignOptions({ seed: 1, kills: 100, pairs: 20 });
const write = (line: string) => process.stdout.write(`${line}\n`);

let count = 0;
const row = (run: string, kills: unknown, inWrite: unknown, workers: string, steps: string, result: string) =>
  [
    run.padStart(4),
    `${kills}`.padStart(5),
    `${inWrite}`.padStart(8),
    workers.padEnd(16),
    steps.padEnd(40),
    result,
  ].join('  ');

function printRun({ kills, killsInWrite, workers, steps, problems }: KilledRun): void {
  const from = steps.map((step) => step ?? '–').join(' ');
  write(row(`${++count}`, kills, killsInWrite, workers.join(' '), from, problems.length === 0 ? 'same' : 'DIFFERS'));
  for (const problem of problems) write(`      ${problem}`);
}

write(`seed ${seed}; steps: the steps from which the processes continued, – for a process that was killed before`);
write(row('run', 'kills', 'in write', 'workers', 'steps', 'bits'));
const began = performance.now();
const runs = await runKillCampaign({ seed, kills: minKills, onRun: printRun });
const sum = (of: (run: KilledRun) => number) => runs.reduce((total, run) => total + of(run), 0);
const kills = sum((run) => run.kills);
const inWrite = sum((run) => run.killsInWrite);
const resumed = sum(({ steps }) => steps.filter((step) => step).length);
const problems = sum((run) => run.problems.length);
const seconds = ((performance.now() - began) / 1000).toFixed(0);
write(
  `${kills} kills, ${inWrite} of them while a checkpoint was being written; ${runs.length} runs, resumed ${resumed} times; ${problems} problems; ${seconds} s`,
);

let round = 0;
const pairRow = (...texts: readonly unknown[]) => texts.map((text) => `${text}`.padStart(8)).join('  ');

function printRound({ looks, killed, step, refused, problems }: PairRound): void {
  write(
    pairRow(++round, looks, killed ? 'yes' : 'no', step ?? '–', refused, problems.length === 0 ? 'same' : 'DIFFERS'),
  );
  for (const problem of problems) write(`      ${problem}`);
}

write(
  '\ntwo processes in one directory: looks of a third one, whether the first was killed, the step from which the run continued',
);
write(pairRow('round', 'looks', 'killed', 'step', 'refused', 'bits'));
const rounds = await runPairCampaign({ seed, rounds: pairs, onRound: printRound });
const pairProblems = rounds.reduce((total, { problems }) => total + problems.length, 0);
const refused = rounds.reduce((total, { refused }) => total + refused, 0);
write(`${rounds.length} rounds, ${refused} processes refused, ${pairProblems} problems`);
if (problems + pairProblems > 0) process.exitCode = 1;

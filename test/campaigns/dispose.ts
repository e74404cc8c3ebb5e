// Creates trainers and disposes of them: after a run, during a run, and unused; one after the other, and several at the same time. They must
// leave nothing behind: no threads, no handles, no memory. Needs --expose-gc, and --max-semi-space-size=1, without which V8 may at any time
// allocate up to 50 MiB more for young objects and keep it; `npm run campaign:dispose` passes both.
// npm run campaign:dispose -- --trainers 100
import { setTimeout as delay } from 'node:timers/promises';
import { mnist, take } from '@convoy/datasets';
import { accuracy, lenet5, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { finiteNumber } from '@convoy/tensor';
import { createTrainer, type Trainer } from '@convoy/trainer';
import { threadsDuring, until } from '../../packages/trainer/test/threads.ts';
import { disposalLimits, type LeftBehind, problemsOf } from './disposal-verdict.ts';
import { campaignOptions } from './options.ts';
import { row } from './row.ts';

export interface DisposalReport extends LeftBehind {
  readonly problems: readonly string[];
}

/** What a trainer does before it is disposed of. */
const endings = ['used', 'running', 'unused'] as const;
type Ending = (typeof endings)[number];

/** The number of trainers that live at the same time, by round. The greatest number is first, so that the peak of memory is in the warm-up. */
const ROUNDS = [3, 1, 1, 1, 1] as const;
/** After so many trainers, heaps and caches have reached their size. */
const WARM_UP = 10;
const SAMPLES = 1024;

const options = campaignOptions({ trainers: 100, json: false });
const trainers = finiteNumber('--trainers', options.trainers, { above: WARM_UP });
const { gc } = globalThis;
if (gc === undefined) throw new Error('Start the campaign with node --expose-gc.');

const write = (line: string) => {
  if (!options.json) process.stdout.write(`${line}\n`);
};
write(row('trainers', 'threads', 'living', 'MiB'));
const data = take((await mnist()).train, SAMPLES);

// The first thread opens the pipes for output, which stay open.
void [process.stdout, process.stderr];
const resourcesBefore = process.getActiveResourcesInfo();
let expected = 0;
let before = Number.NaN;
const threads = await threadsDuring(async (living) => {
  for (let made = 0, round = 0; made < trainers; round++) {
    const count = Math.min(ROUNDS[round % ROUNDS.length] as number, trainers - made);
    const first = made;
    await Promise.all(Array.from({ length: count }, (_, i) => useTrainer(first + i)));
    made += count;
    if (first < WARM_UP && made >= WARM_UP) before = await residentMebibytes();
    if (Math.floor(made / 10) > Math.floor(first / 10)) {
      write(row(made, expected, living.size, (await residentMebibytes()).toFixed(1)));
    }
  }
});
const growth = (await residentMebibytes()) - before;
const left: LeftBehind = {
  ...threads,
  expected,
  resources: added(resourcesBefore, process.getActiveResourcesInfo()),
  growth,
};
const report: DisposalReport = { ...left, problems: problemsOf(left) };
if (options.json) process.stdout.write(JSON.stringify(report));
write(
  `${trainers} trainers, ${left.started} threads: ${left.left} threads and ${left.resources.length} handles are left, ${growth.toFixed(1)} MiB more than after ${WARM_UP} trainers (limit: ${disposalLimits.growth})`,
);
for (const problem of report.problems) write(`PROMISE BROKEN: ${problem}`);
// Whatever is left may keep the process alive.
if (report.problems.length > 0) process.exit(1);

/** Creates a trainer and disposes of it; the index selects one of all combinations of an ending and a number of workers. */
async function useTrainer(index: number): Promise<void> {
  const workers = 1 + (index % 2);
  expected += workers;
  await using trainer = await createTrainer({
    model: lenet5(),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    optimizer: sgd({ learningRate: 0.01 }),
    batchSize: 64,
    workers,
    seed: 1,
  });
  const ending = endings[index % endings.length] as Ending;
  if (ending === 'used') await trainer.fit(data, { epochs: 1, validation: data });
  if (ending === 'running') await disposeWhileRunning(trainer);
}

async function disposeWhileRunning(trainer: Trainer): Promise<void> {
  let running = true;
  const fit = trainer
    .fit(data, { epochs: 2 ** 31 - 1 })
    .then(
      () => 'success',
      ({ code }) => code,
    )
    .finally(() => {
      running = false;
    });
  await until(() => trainer.step > 0 || !running);
  await trainer.dispose();
  const outcome = await fit;
  if (outcome !== 'CONVOY_DISPOSED')
    throw new Error(`The run of a disposed trainer ended with ${outcome}; expected CONVOY_DISPOSED.`);
}

/** The resident memory after garbage collection, and after what ends in the next turns of the event loop. */
async function residentMebibytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    gc?.();
    await delay(20);
  }
  return process.memoryUsage.rss() / 2 ** 20;
}

/** The names that occur more often than before. */
function added(before: readonly string[], after: readonly string[]): readonly string[] {
  const rest = [...before];
  return after.filter((name) => {
    const index = rest.indexOf(name);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}

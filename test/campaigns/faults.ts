// Trains LeNet-5 on MNIST while its workers run into faults of random kinds at random points; then a small trainer runs into every kind of
// fault at each of its points, one at a time. Every run has to end with the bits of an undisturbed one. Needs
// packages/trainer/test/programs/planted-fault.ts preloaded; `npm run campaign:faults` does that.
import type { Worker } from 'node:worker_threads';
import { mnist, take } from '@convoy/datasets';
import { accuracy, lenet5, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { Permutation, RandomStream } from '@convoy/tensor';
import { createTrainer, type Trainer, type TrainerOptions } from '@convoy/trainer';
import { hashOf } from '../../packages/trainer/test/bits.ts';
import { everyFault, FaultTrials, wrongWith } from '../../packages/trainer/test/fault-scenarios.ts';
import { FaultBoard, runPoints } from '../../packages/trainer/test/faults.ts';
import { until } from '../../packages/trainer/test/threads.ts';
import { campaignOptions } from './options.ts';
import { row } from './row.ts';

export const campaignKinds = ['throw', 'exit', 'terminate', 'heap', 'spin', 'sleep'] as const;
type Kind = (typeof campaignKinds)[number];

export interface KindReport {
  readonly kind: Kind;
  readonly faults: number;
  readonly recovered: number;
  /** From the fault to the next committed step. */
  readonly medianMilliseconds: number;
  readonly worstMilliseconds: number;
}

export interface CampaignReport {
  readonly runs: number;
  readonly wrongRuns: number;
  readonly kinds: readonly KindReport[];
  /** How many single faults of a small trainer were tried. */
  readonly singles: number;
  /** What was wrong. */
  readonly errors: readonly string[];
}

const { seed, faults, singles, workers, batch, json } = campaignOptions({
  seed: 1,
  faults: 200,
  /** By default every kind at each of its points. */
  singles: everyFault.length,
  workers: 2,
  batch: 32,
  json: false,
});

const FAULTS_OF_A_RUN = 5;
const SAMPLES = 2048;
const EPOCHS = 6;
const HANG_SECONDS = 0.5;
/** A run that takes so long hangs. */
const MAX_SECONDS_OF_A_RUN = 120;
/** After so many errors the campaign ends: more would tell nothing new. */
const MAX_ERRORS = 5;
/** The latest pass of a point at which a fault happens. */
const MAX_PASSES = 60;

const random = new RandomStream(seed, 'faults');
let draws = 0;
const below = (count: number): number => Math.floor(random.uniform(draws++) * count);
/** Every kind once, in random order, then again. */
const kindAt = (index: number): Kind => {
  const round = Math.floor(index / campaignKinds.length);
  const order = new Permutation(seed, 'kinds', round, campaignKinds.length);
  return campaignKinds[order.at(index % campaignKinds.length)] as Kind;
};

const board = FaultBoard.create();
const living = new Map<number, Worker>();
process.on('worker', (thread) => {
  const { threadId } = thread;
  living.set(threadId, thread);
  thread.once('exit', () => living.delete(threadId));
});

const data = take((await mnist()).train, SAMPLES);
const options = {
  model: lenet5(),
  loss: softmaxCrossEntropy(),
  metrics: [accuracy()],
  optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
  batchSize: batch,
  seed: 1,
} satisfies TrainerOptions;

const undisturbed = await hashAfter(async () => {});
const recoveries = new Map<Kind, (number | undefined)[]>(campaignKinds.map((kind) => [kind, []]));
const errors: string[] = [];
let runs = 0;
const happened = () => campaignKinds.reduce((sum, kind) => sum + (recoveries.get(kind)?.length ?? 0), 0);
while (happened() < faults && errors.length < MAX_ERRORS) {
  const count = Math.min(FAULTS_OF_A_RUN, faults - happened());
  const run = ++runs;
  const limit = limitTime(`Run ${run}`);
  try {
    const hash = await hashAfter((trainer, running) => disturb(trainer, running, count));
    if (hash !== undisturbed) errors.push(`Run ${run} ended with ${hash}, not with ${undisturbed}.`);
  } catch (error) {
    errors.push(`Run ${run} failed: ${error}`);
  }
  board.clear();
  clearTimeout(limit);
}
const wrongRuns = errors.length;
const tried = await trySingles();
const report: CampaignReport = { runs, wrongRuns, kinds: campaignKinds.map(reportOf), singles: tried, errors };
process.stdout.write(json ? JSON.stringify(report) : tableOf(report));
if (errors.length > 0 || report.kinds.some((kind) => kind.recovered < kind.faults)) process.exitCode = 1;

/** Ends the process if what begins now takes too long. */
function limitTime(name: string): NodeJS.Timeout {
  return setTimeout(() => {
    process.stderr.write(`${name} hangs.\n`);
    process.exit(1);
  }, MAX_SECONDS_OF_A_RUN * 1000);
}

/** Tries single faults of a small trainer, in random order. Returns how many. */
async function trySingles(): Promise<number> {
  const trials = new FaultTrials(board);
  const order = new Permutation(seed, 'singles', 0, everyFault.length);
  const count = Math.min(singles, everyFault.length);
  for (let i = 0; i < count; i++) {
    const scenario = everyFault[order.at(i)] as (typeof everyFault)[number];
    const limit = limitTime(JSON.stringify(scenario));
    const wrong = wrongWith(scenario, await trials.run(scenario));
    clearTimeout(limit);
    errors.push(...wrong.map((error) => `${JSON.stringify(scenario)}: ${error}`));
    if (errors.length >= MAX_ERRORS) return i + 1;
  }
  return count;
}

/** The parameters after a run, while something happens beside it. */
async function hashAfter(beside: (trainer: Trainer, running: () => boolean) => Promise<void>): Promise<string> {
  await using trainer = await createTrainer({ ...options, workers, hangSeconds: HANG_SECONDS });
  let running = true;
  const fit = trainer.fit(data, { epochs: EPOCHS, validation: data }).finally(() => {
    running = false;
  });
  await Promise.all([fit, beside(trainer, () => running)]);
  return hashOf(trainer);
}

/** Has one fault happen after the other, each after a step since the last one. */
async function disturb(trainer: Trainer, running: () => boolean, count: number): Promise<void> {
  for (let fault = 0; fault < count && running(); fault++) {
    const kind = kindAt(happened());
    const point = runPoints[below(runPoints.length)] as (typeof runPoints)[number];
    const after = point === 'between' || point === 'commit' ? 1 : 1 + below(MAX_PASSES);
    board.plant({ kind: kind === 'terminate' ? 'notice' : kind, point, after });
    await until(() => board.happened > 0 || !running());
    if (board.happened === 0) return;
    if (kind === 'terminate') void living.get(board.thread)?.terminate();
    const { step } = trainer;
    await until(() => trainer.step > step || !running());
    const recovered = trainer.step > step || trainer.step === (EPOCHS * SAMPLES) / options.batchSize;
    const milliseconds = performance.timeOrigin + performance.now() - board.time;
    recoveries.get(kind)?.push(recovered ? milliseconds : undefined);
  }
}

function reportOf(kind: Kind): KindReport {
  const all = recoveries.get(kind) ?? [];
  const times = all.filter((time) => time !== undefined).sort((a, b) => a - b);
  return {
    kind,
    faults: all.length,
    recovered: times.length,
    medianMilliseconds: times[times.length >> 1] ?? Number.NaN,
    worstMilliseconds: times.at(-1) ?? Number.NaN,
  };
}

function tableOf({ kinds, wrongRuns: wrong, singles: tried, errors: all }: CampaignReport): string {
  const lines = kinds.map(({ kind, faults: count, recovered, medianMilliseconds, worstMilliseconds }) =>
    row(kind, count, recovered, medianMilliseconds.toFixed(0), worstMilliseconds.toFixed(0)),
  );
  const total = kinds.reduce((sum, kind) => sum + kind.faults, 0);
  const summary = `${total} faults in ${runs} runs of ${workers} workers, seed ${seed}: ${runs - wrong} ended with the undisturbed bits.`;
  const single = `${tried} single faults of a small trainer: ${all.length - wrong} errors.`;
  return [row('kind', 'faults', 'recovered', 'median ms', 'worst ms'), ...lines, summary, single, ...all, ''].join(
    '\n',
  );
}

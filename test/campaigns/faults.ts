// Trains LeNet-5 on MNIST while faults of random kinds happen to its workers at random points. Every run must end with the bits of an
// undisturbed run. packages/trainer/test/programs/planted-fault.ts must be preloaded; `npm run campaign:faults` does that.
// npm run campaign:faults -- --faults 200 --workers 2 --seed 1
import type { Worker } from 'node:worker_threads';
import { mnist, take } from '@convoy/datasets';
import { accuracy, lenet5, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { RandomStream } from '@convoy/tensor';
import { createTrainer, type Trainer, type TrainerOptions } from '@convoy/trainer';
import { hashOf } from '../../packages/trainer/test/bits.ts';
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
  /** The time from the fault to the next committed step. */
  readonly medianMilliseconds: number;
  readonly worstMilliseconds: number;
}

export interface CampaignReport {
  readonly runs: number;
  readonly wrongRuns: number;
  readonly kinds: readonly KindReport[];
  /** One message per run that went wrong. */
  readonly errors: readonly string[];
}

const { seed, faults, workers, batch, epochs, json } = campaignOptions({
  seed: 1,
  faults: 200,
  workers: 2,
  batch: 32,
  // The sample in `npm test` has fewer.
  epochs: 12,
  json: false,
});

const FAULTS_PER_RUN = 10;
const SAMPLES = 2048;
const HANG_SECONDS = 0.5;
/** Recovery never takes so long; a run that takes longer hangs. */
const MAX_SECONDS_PER_RUN = 120;
/** The campaign stops after so many wrong runs. */
const MAX_ERRORS = 5;
/** A fault happens at one of the first passes of a point, up to this one. */
const MAX_PASSES = 60;

const random = new RandomStream(seed, 'faults');
let draws = 0;
const below = (count: number): number => Math.floor(random.uniform(draws++) * count);
const oneOf = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T;

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
  const count = Math.min(FAULTS_PER_RUN, faults - happened());
  const run = ++runs;
  const limit = setTimeout(() => {
    process.stderr.write(`Run ${run} hangs.\n`);
    process.exit(1);
  }, MAX_SECONDS_PER_RUN * 1000);
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
const report: CampaignReport = { runs, wrongRuns, kinds: campaignKinds.map(reportOf), errors };
process.stdout.write(json ? JSON.stringify(report) : tableOf(report));
if (wrongRuns > 0 || report.kinds.some((kind) => kind.recovered < kind.faults)) process.exitCode = 1;

/** The hash of the parameters after a run, during which `disturbance` happens. */
async function hashAfter(disturbance: (trainer: Trainer, running: () => boolean) => Promise<void>): Promise<string> {
  await using trainer = await createTrainer({ ...options, workers, hangSeconds: HANG_SECONDS });
  let running = true;
  const fit = trainer.fit(data, { epochs, validation: data }).finally(() => {
    running = false;
  });
  await Promise.all([fit, disturbance(trainer, () => running)]);
  return hashOf(trainer);
}

/** Makes one fault after the other happen, with at least one step between two faults. */
async function disturb(trainer: Trainer, running: () => boolean, count: number): Promise<void> {
  for (let fault = 0; fault < count && running(); fault++) {
    const kind = oneOf(campaignKinds);
    const point = oneOf(runPoints);
    const after = point === 'between' || point === 'commit' ? 1 : 1 + below(MAX_PASSES);
    board.plant({ kind: kind === 'terminate' ? 'notice' : kind, point, after });
    await until(() => board.happened > 0 || !running());
    if (board.happened === 0) return;
    if (kind === 'terminate') void living.get(board.thread)?.terminate();
    const { step } = trainer;
    await until(() => trainer.step > step || !running());
    const recovered = trainer.step > step || trainer.step === (epochs * SAMPLES) / options.batchSize;
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

function tableOf({ kinds, errors: wrong }: CampaignReport): string {
  const lines = kinds.map(({ kind, faults: count, recovered, medianMilliseconds, worstMilliseconds }) =>
    row(kind, count, recovered, medianMilliseconds.toFixed(0), worstMilliseconds.toFixed(0)),
  );
  const total = kinds.reduce((sum, kind) => sum + kind.faults, 0);
  const summary = `${total} faults in ${runs} runs of ${workers} workers, seed ${seed}: ${runs - wrong.length} ended with the undisturbed bits.`;
  return [row('kind', 'faults', 'recovered', 'median ms', 'worst ms'), ...lines, summary, ...wrong, ''].join('\n');
}

// Trains LeNet-5 on MNIST while faults of random kinds happen to its workers at random points. After that, every kind of fault happens to a small
// trainer at each of its points, one fault at a time. At last, threads die while they are started and set up for a call. Every run must end with
// the bits of an undisturbed run.
// packages/trainer/test/programs/planted-fault.ts must be preloaded; `npm run campaign:faults` does that.
// npm run campaign:faults -- --faults 200 --workers 2 --seed 1
import type { Worker } from 'node:worker_threads';
import { mnist, take } from '@convoy/datasets';
import { accuracy, lenet5, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { Permutation, RandomStream } from '@convoy/tensor';
import { createTrainer, type Trainer, type TrainerOptions } from '@convoy/trainer';
import { hashOf } from '../../packages/trainer/test/bits.ts';
import { everyFault, FaultTrials, wrongWith } from '../../packages/trainer/test/fault-scenarios.ts';
import { FaultBoard, runPoints } from '../../packages/trainer/test/faults.ts';
import { type SetUpCall, type SetUpTrial, SetUpTrials, setUpCalls } from '../../packages/trainer/test/set-up-faults.ts';
import { until } from '../../packages/trainer/test/threads.ts';
import { campaignOptions } from './options.ts';
import { row } from './row.ts';

export const campaignKinds = ['throw', 'exit', 'terminate', 'heap', 'spin', 'sleep'] as const;
type Kind = (typeof campaignKinds)[number];

interface Recovery {
  readonly medianMilliseconds: number;
  readonly worstMilliseconds: number;
}

/** The time of a recovery is the time from the fault to the next committed step. */
export interface KindReport extends Recovery {
  readonly kind: Kind;
  readonly faults: number;
  readonly recovered: number;
}

/** The time of a recovery is the time from the last fault to the end of the call. */
export interface SetUpReport extends Recovery {
  readonly call: SetUpCall;
  readonly trials: number;
  readonly faults: number;
}

export interface CampaignReport {
  readonly runs: number;
  readonly wrongRuns: number;
  readonly kinds: readonly KindReport[];
  /** The number of single faults of a small trainer. */
  readonly singles: number;
  /** Faults while threads are set up, for each call. */
  readonly setUps: readonly SetUpReport[];
  /** The messages of all errors. */
  readonly errors: readonly string[];
}

const { seed, faults, singles, setups, recovery, workers, batch, json } = campaignOptions({
  seed: 1,
  faults: 200,
  // By default every kind at each of its points.
  singles: everyFault.length,
  // For each call.
  setups: 20,
  // A trainer has recovered within so many milliseconds after the last fault while its threads are set up, or within the time of a few
  // undisturbed starts.
  recovery: 1000,
  workers: 2,
  batch: 32,
  json: false,
});

const FAULTS_PER_RUN = 5;
const SAMPLES = 2048;
const EPOCHS = 6;
const HANG_SECONDS = 0.5;
/** A run that takes longer hangs. */
const MAX_SECONDS_PER_RUN = 120;
const MAX_RECOVERY_STARTS = 4;
/** The campaign stops after so many errors. */
const MAX_ERRORS = 5;
/** A fault happens at one of the first passes of a point, up to this one. */
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
  const count = Math.min(FAULTS_PER_RUN, faults - happened());
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
const setUpReports = await trySetUps();
const report: CampaignReport = {
  ...{ runs, wrongRuns, kinds: campaignKinds.map(reportOf), singles: tried, setUps: setUpReports },
  errors,
};
process.stdout.write(json ? JSON.stringify(report) : tableOf(report));
if (errors.length > 0 || report.kinds.some((kind) => kind.recovered < kind.faults)) process.exitCode = 1;

/** Ends the process if what begins now takes too long. */
function limitTime(name: string): NodeJS.Timeout {
  return setTimeout(() => {
    process.stderr.write(`${name} hangs.\n`);
    process.exit(1);
  }, MAX_SECONDS_PER_RUN * 1000);
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

/** Makes threads die while they are set up, for each call in turn. */
async function trySetUps(): Promise<readonly SetUpReport[]> {
  const trials = new SetUpTrials(new RandomStream(seed, 'set-up faults'), board);
  const tried: SetUpTrial[] = [];
  for (let i = 0; i < setups * setUpCalls.length && errors.length < MAX_ERRORS; i++) {
    const call = setUpCalls[i % setUpCalls.length] as SetUpCall;
    const limit = limitTime(`A call of ${call} whose threads die`);
    const slowest = Math.max(recovery, MAX_RECOVERY_STARTS * (await trials.millisecondsToStart()));
    const trial = await trials.run(call);
    clearTimeout(limit);
    tried.push(trial);
    errors.push(...trial.problems.map((problem) => `${call}, whose threads die: ${problem}`));
    if (trial.faults > 0 && trial.milliseconds > slowest)
      errors.push(`${call} took ${trial.milliseconds.toFixed(0)} ms after the last fault.`);
  }
  return setUpCalls.map((call) => {
    const ofCall = tried.filter((trial) => trial.call === call);
    const hit = ofCall.filter((trial) => trial.faults > 0);
    return {
      ...{ call, trials: ofCall.length, faults: hit.reduce((sum, trial) => sum + trial.faults, 0) },
      ...recoveryOf(hit.map(({ milliseconds }) => milliseconds)),
    };
  });
}

/** The hash of the parameters after a run, during which `disturbance` happens. */
async function hashAfter(disturbance: (trainer: Trainer, running: () => boolean) => Promise<void>): Promise<string> {
  await using trainer = await createTrainer({ ...options, workers, hangSeconds: HANG_SECONDS });
  let running = true;
  const fit = trainer.fit(data, { epochs: EPOCHS, validation: data }).finally(() => {
    running = false;
  });
  await Promise.all([fit, disturbance(trainer, () => running)]);
  return hashOf(trainer);
}

/** Makes one fault after the other happen, with at least one step between two faults. */
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
  const times = all.filter((time) => time !== undefined);
  return { kind, faults: all.length, recovered: times.length, ...recoveryOf(times) };
}

function recoveryOf(times: readonly number[]): Recovery {
  const sorted = times.toSorted((a, b) => a - b);
  return {
    medianMilliseconds: sorted[sorted.length >> 1] ?? Number.NaN,
    worstMilliseconds: sorted.at(-1) ?? Number.NaN,
  };
}

function tableOf({ kinds, setUps: calls, wrongRuns: wrong, singles: tried, errors: all }: CampaignReport): string {
  const times = ({ medianMilliseconds, worstMilliseconds }: Recovery) =>
    [medianMilliseconds, worstMilliseconds].map((time) => time.toFixed(0));
  const total = kinds.reduce((sum, kind) => sum + kind.faults, 0);
  return [
    row('kind', 'faults', 'recovered', 'median ms', 'worst ms'),
    ...kinds.map((kind) => row(kind.kind, kind.faults, kind.recovered, ...times(kind))),
    `${total} faults in ${runs} runs of ${workers} workers, seed ${seed}: ${runs - wrong} ended with the undisturbed bits.`,
    `${tried} single faults of a small trainer.`,
    '',
    `set up for      ${row('calls', 'faults', 'median ms', 'worst ms')}`,
    ...calls.map((call) => call.call.padEnd(16) + row(call.trials, call.faults, ...times(call))),
    '',
    `${all.length} errors.`,
    ...all,
    '',
  ].join('\n');
}

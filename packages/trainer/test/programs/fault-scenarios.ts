// Runs trainers with workers that run into planted faults, and reports what came of it. Needs `planted-fault.ts` preloaded.
import { createLearner, type LearnerOptions } from '@convoy/layers';
import { ConvoyError } from '@convoy/tensor';
import { createTrainer, type Trainer } from '@convoy/trainer';
import { bitsOf, hashOf } from '../bits.ts';
import { type Fault, FaultBoard } from '../faults.ts';
import { learnedFor } from '../single-thread.ts';
import { classifier, exchangingClassifier, images } from '../small-cases.ts';
import { threadsDuring } from '../threads.ts';

export interface FaultScenario extends Fault {
  readonly call: 'create' | 'fit' | 'evaluate' | 'predict';
  readonly hangSeconds?: number;
  /** Whether workers also wait for each other within a step; default false. */
  readonly exchanges?: boolean;
  /** Whether a batch is one block, so that two workers of three have no part in the steps; default false. */
  readonly oneBlock?: boolean;
}

export interface FaultReport {
  /** How often the fault has happened. */
  readonly happened: number;
  /** The messages of the failures that were mended. */
  readonly mended: readonly string[];
  /** How the call failed, if it did. */
  readonly error: { readonly code: string; readonly message: string; readonly causes: readonly string[] } | undefined;
  /** Whether the result of the call was that of an undisturbed one; after a failure, whether the parameters were those of whole steps. */
  readonly sameBits: boolean;
  readonly steps: number;
  readonly milliseconds: number;
  readonly threadsLeft: number;
}

const WORKERS = 3;
const EPOCHS = 4;
const data = images(160);
const oneBlockClassifier = { ...classifier, batchSize: 8 };
const board = FaultBoard.create();

const scenarios = JSON.parse(process.argv[2] as string) as readonly FaultScenario[];
const undisturbed = new Map<LearnerOptions, ReadonlyMap<string, string>>();
for (const options of [classifier, exchangingClassifier, oneBlockClassifier]) {
  undisturbed.set(options, await resultOfEach(options));
}
const reports: FaultReport[] = [];
for (const scenario of scenarios) reports.push(await reportOf(scenario));
process.stdout.write(JSON.stringify(reports));

async function resultOfEach(options: LearnerOptions): Promise<ReadonlyMap<string, string>> {
  await using trainer = await createTrainer({ ...options, workers: 1 });
  const results = new Map<string, string>();
  for (const call of ['evaluate', 'predict', 'fit'] as const) results.set(call, await resultOf(trainer, call));
  return results;
}

async function resultOf(trainer: Trainer, call: FaultScenario['call']): Promise<string> {
  if (call === 'evaluate') return JSON.stringify(await trainer.evaluate(data));
  if (call === 'predict') return bitsOf(await trainer.predict(data)).join();
  await trainer.fit(data, { epochs: EPOCHS });
  return hashOf(trainer);
}

async function reportOf({
  call,
  hangSeconds = Number.POSITIVE_INFINITY,
  exchanges = false,
  oneBlock = false,
  ...fault
}: FaultScenario): Promise<FaultReport> {
  const options = exchanges ? exchangingClassifier : oneBlock ? oneBlockClassifier : classifier;
  const expected = undisturbed.get(options);
  const steps = (EPOCHS * data.length) / options.batchSize;
  const mended: string[] = [];
  let error: unknown;
  let sameBits = false;
  let reached = 0;
  let start = Number.NaN;
  let milliseconds = Number.NaN;
  const onWorkerFailure = ({ message }: ConvoyError) => mended.push(message);
  const { left } = await threadsDuring(async () => {
    if (call === 'create') board.plant(fault);
    try {
      await using trainer = await createTrainer({ ...options, workers: WORKERS, hangSeconds, onWorkerFailure });
      if (call !== 'create') board.plant(fault);
      start = performance.now();
      try {
        sameBits = (await resultOf(trainer, call)) === expected?.get(call);
      } catch (reason) {
        error = reason;
        const whole = trainer.step === 0 ? createLearner(options) : learnedFor(trainer.step, options, data);
        sameBits = hashOf(trainer) === hashOf(whole);
      }
      milliseconds = performance.now() - start;
      reached = trainer.step;
    } catch (reason) {
      error = reason;
    }
  });
  board.clear();
  return {
    happened: board.happened,
    mended,
    error: error === undefined ? undefined : describe(error),
    sameBits: sameBits && (call !== 'fit' || error !== undefined || reached === steps),
    steps: reached,
    milliseconds,
    threadsLeft: left,
  };
}

function describe(error: unknown): FaultReport['error'] {
  const causes: string[] = [];
  for (let cause = (error as Error).cause; cause instanceof Error; cause = cause.cause) causes.push(cause.message);
  return error instanceof ConvoyError
    ? { code: error.code, message: error.message, causes }
    : { code: 'none', message: String(error), causes };
}

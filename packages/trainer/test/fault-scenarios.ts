// Trainers whose workers run into planted faults, one fault at a time, and what must come of it. The process that runs them needs
// `programs/planted-fault.ts` preloaded.
import { createLearner, type LearnerOptions } from '@convoy/layers';
import { ConvoyError } from '@convoy/tensor';
import { createTrainer, type Trainer } from '@convoy/trainer';
import { bitsOf, hashOf } from './bits.ts';
import { type Fault, type FaultBoard, type FaultPoint, PLANTED, runPoints } from './faults.ts';
import { learnedFor } from './single-thread.ts';
import { classifier, exchangingClassifier, images } from './small-cases.ts';
import { threadsDuring } from './threads.ts';

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
  /** The messages of the failures that the trainer recovered from. */
  readonly recovered: readonly string[];
  /** How the call failed, if it did. */
  readonly error: { readonly code: string; readonly message: string; readonly causes: readonly string[] } | undefined;
  /** Whether the result of the call had the bits of an undisturbed one; after a failure, whether the parameters were the ones after whole steps. */
  readonly sameBits: boolean;
  readonly steps: number;
  readonly milliseconds: number;
  readonly threadsLeft: number;
}

type Kind = 'throw' | 'exit' | 'heap' | 'spin' | 'sleep';

/** Short, so that tests do not wait long for a worker that hangs. Other faults are noticed at once. */
const HANG_SECONDS = 0.5;

/** What the message about a fault of each kind says. */
const MESSAGES: Readonly<Record<Kind, RegExp>> = {
  throw: new RegExp(PLANTED),
  exit: /exited/,
  heap: /out of memory/,
  spin: /hung for 0.5 s/,
  sleep: /hung for 0.5 s/,
};

/** A fault that the workers recover from, at the fifth pass of a point. */
export const fault = (
  call: FaultScenario['call'],
  kind: Kind,
  point: FaultPoint,
  situation: Pick<FaultScenario, 'exchanges' | 'oneBlock'> = {},
): FaultScenario => ({
  ...{ call, kind, point, after: 5, ...situation },
  ...((kind === 'spin' || kind === 'sleep') && { hangSeconds: HANG_SECONDS }),
});

/** Every kind of fault at its points, in all situations. */
export const everyFault: readonly FaultScenario[] = (
  [
    ['throw', runPoints],
    ['exit', runPoints],
    ['heap', ['gather', 'backward', 'commit', 'between']],
    ['spin', ['forward', 'barrier', 'between']],
    ['sleep', ['update', 'commit']],
  ] as const
).flatMap(([kind, points]) => [
  ...points.map((point) => fault('fit', kind, point)),
  fault('evaluate', kind, 'forward'),
  fault('predict', kind, 'forward'),
  // Workers that exchange something within a step keep their shards and claim none.
  ...points.filter((point) => point !== 'claim').map((point) => fault('fit', kind, point, { exchanges: true })),
  // One worker meets nobody at the barrier; the other two may have their fault while it trains.
  ...points
    .filter((point) => ['gather', 'update', 'commit', 'between'].includes(point))
    .map((point) => fault('fit', kind, point, { oneBlock: true })),
]);

/** What is wrong with the report of a fault that the workers should have recovered from. */
export function wrongWith({ kind, point }: FaultScenario, report: FaultReport): readonly string[] {
  const { happened, recovered, error, sameBits, threadsLeft } = report;
  const message = MESSAGES[kind as Kind];
  return [
    ...(happened === 1 ? [] : [`The fault happened ${happened} times.`]),
    ...(error ? [`The call failed: ${error.message}`] : []),
    ...(sameBits ? [] : ['The result has other bits.']),
    ...(threadsLeft === 0 ? [] : [`${threadsLeft} threads are left.`]),
    // Between segments a thread may be missed and replaced before it is needed.
    ...(point === 'between' || recovered.length === 1 ? [] : [`${recovered.length} failures were reported.`]),
    ...recovered.filter((text) => !message.test(text)).map((text) => `The reported failure is another one: ${text}`),
  ];
}

const WORKERS = 3;
const EPOCHS = 4;
const data = images(160);
const oneBlockClassifier = { ...classifier, batchSize: 8 };

/** Runs scenarios, and compares their results with undisturbed ones. */
export class FaultTrials {
  readonly #board: FaultBoard;
  readonly #undisturbed = new Map<LearnerOptions, ReadonlyMap<string, string>>();

  constructor(board: FaultBoard) {
    this.#board = board;
  }

  async run(scenario: FaultScenario): Promise<FaultReport> {
    const { call, hangSeconds = Infinity, exchanges = false, oneBlock = false, ...planted } = scenario;
    const options = exchanges ? exchangingClassifier : oneBlock ? oneBlockClassifier : classifier;
    const expected = this.#undisturbed.get(options) ?? (await resultOfEach(options));
    this.#undisturbed.set(options, expected);
    const board = this.#board;
    const recovered: string[] = [];
    let error: unknown;
    let sameBits = false;
    let steps = 0;
    let milliseconds = Number.NaN;
    const onWorkerFailure = ({ message }: ConvoyError) => recovered.push(message);
    const { left } = await threadsDuring(async () => {
      if (call === 'create') board.plant(planted);
      try {
        await using trainer = await createTrainer({ ...options, workers: WORKERS, hangSeconds, onWorkerFailure });
        if (call !== 'create') board.plant(planted);
        const start = performance.now();
        try {
          sameBits = (await resultOf(trainer, call)) === expected.get(call);
        } catch (reason) {
          error = reason;
          const whole = trainer.step === 0 ? createLearner(options) : learnedFor(trainer.step, options, data);
          sameBits = hashOf(trainer) === hashOf(whole);
        }
        milliseconds = performance.now() - start;
        steps = trainer.step;
      } catch (reason) {
        error = reason;
      }
    });
    board.clear();
    const isWhole = call !== 'fit' || error !== undefined || steps === (EPOCHS * data.length) / options.batchSize;
    return {
      happened: board.happened,
      recovered,
      error: error === undefined ? undefined : describe(error),
      sameBits: sameBits && isWhole,
      steps,
      milliseconds,
      threadsLeft: left,
    };
  }
}

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

function describe(error: unknown): FaultReport['error'] {
  const causes: string[] = [];
  for (let cause = (error as Error).cause; cause instanceof Error; cause = cause.cause) causes.push(cause.message);
  return error instanceof ConvoyError
    ? { code: error.code, message: error.message, causes }
    : { code: 'none', message: String(error), causes };
}

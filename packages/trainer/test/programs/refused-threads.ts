// Creates trainers where the system grants a limited number of threads at the same time, and reports what comes of it. The argument is this
// number; without it nothing is limited here.
import { createRequire } from 'node:module';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { ConvoyError } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { hashOf } from '../bits.ts';
import { classifier, images } from '../small-cases.ts';
import { threadsDuring } from '../threads.ts';

export interface RefusalReport {
  /** How the creation of a trainer with four workers failed. */
  readonly creation: Failure;
  readonly threadsLeft: number;
  /** How a run of a trainer with two workers failed when its threads could not be replaced; if there is a limit. */
  readonly run?: Failure;
  /** Whether a run of this trainer has the bits of one worker after its threads could be replaced again; if there is a limit. */
  readonly isSame?: boolean;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  /** The code of the cause. */
  readonly cause: string;
}

const limit = process.argv[2] === undefined ? undefined : Number(process.argv[2]);
let granted = limit ?? 0;
if (limit !== undefined) limitThreads();

const data = images(64);
let creation: Failure = describe(undefined);
const { left } = await threadsDuring(async () => {
  creation = await failureOf(createTrainer({ ...classifier, workers: 4 }));
});
const report: RefusalReport = { creation, threadsLeft: left, ...(limit !== undefined && (await replace())) };
process.stdout.write(JSON.stringify(report));

/** Both threads of a trainer die and cannot be replaced at first. */
async function replace(): Promise<Required<Pick<RefusalReport, 'run' | 'isSame'>>> {
  await using single = await createTrainer({ ...classifier, workers: 1 });
  await single.fit(data, { epochs: 2 });
  const expected = hashOf(single);
  await single.dispose();
  let run = describe(undefined);
  let isSame = false;
  await threadsDuring(async (living) => {
    await using trainer = await createTrainer({ ...classifier, workers: 2 });
    await trainer.fit(data, { epochs: 1 });
    await Promise.all([...living].map((thread) => thread.terminate()));
    granted = 1;
    run = await failureOf(trainer.fit(data, { epochs: 1 }));
    granted = 2;
    await trainer.fit(data, { epochs: 1 });
    isSame = hashOf(trainer) === expected;
  });
  return { run, isSame };
}

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  try {
    await call;
    return describe(undefined);
  } catch (error) {
    return describe(error);
  }
}

function describe(error: unknown): Failure {
  if (!(error instanceof ConvoyError)) return { code: 'none', message: String(error), cause: 'none' };
  return { code: error.code, message: error.message, cause: (error.cause as NodeJS.ErrnoException).code ?? 'none' };
}

/** Refuses threads in the way of Node when the system has none left. */
function limitThreads(): void {
  let living = 0;
  createRequire(import.meta.url)('node:worker_threads').Worker = class extends Worker {
    constructor(file: string | URL, options: WorkerOptions) {
      if (living >= granted) {
        const code = 'ERR_WORKER_INIT_FAILED';
        throw Object.assign(new Error('Worker initialization failure: EAGAIN'), { code });
      }
      super(file, options);
      living++;
      this.once('exit', () => living--);
    }
  };
}

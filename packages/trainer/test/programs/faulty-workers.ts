// Trains with workers in which `fault.ts` has planted a fault, and reports what came of it.
import { ConvoyError } from '@convoy/tensor';
import { createTrainer, type Trainer } from '@convoy/trainer';
import { hashOf } from '../bits.ts';
import { learnedFor } from '../single-thread.ts';
import { points, regression } from '../small-cases.ts';

export interface RecoveryReport {
  /** Of the error that ended the run, or 'none'. */
  readonly code: string;
  /** Of that error, or else of the last failure that was mended. */
  readonly message: string;
  readonly cause: string;
  /** How many failures were mended. */
  readonly failures: number;
  /** Whether the parameters are those of an undisturbed run. */
  readonly sameBits: boolean;
}

const data = points(160);
const EPOCHS = 40;
const STEPS = EPOCHS * (data.length / regression.batchSize);

let failures = 0;
let last: unknown;
let error: unknown;
let trainer: Trainer | undefined;
const onWorkerFailure = (failure: ConvoyError) => {
  failures++;
  last = failure;
};
try {
  trainer = await createTrainer({ ...regression, workers: 3, hangSeconds: 0.5, onWorkerFailure });
  await trainer.fit(data, { epochs: EPOCHS });
} catch (reason) {
  error = reason;
}
await trainer?.dispose();

const told = error ?? last;
const report: RecoveryReport = {
  code: error instanceof ConvoyError ? error.code : 'none',
  message: told instanceof Error ? told.message : '',
  cause: told instanceof Error && told.cause instanceof Error ? told.cause.message : '',
  failures,
  sameBits: trainer !== undefined && !error && hashOf(trainer) === hashOf(learnedFor(STEPS, regression, data)),
};
process.stdout.write(JSON.stringify(report));

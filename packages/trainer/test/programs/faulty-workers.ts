// Trains with workers in which `fault.ts` has planted a fault, and reports what came of it.
import { createLearner } from '@convoy/layers';
import { ConvoyError } from '@convoy/tensor';
import { createTrainer, type Trainer } from '@convoy/trainer';
import { hashOf } from '../bits.ts';
import { learn } from '../single-thread.ts';
import { points, regression } from '../small-cases.ts';

export interface FaultReport {
  readonly code: string;
  readonly message: string;
  readonly cause: string;
  /** From the call to the slowest failure, training included. */
  readonly milliseconds: number;
  readonly steps: number;
  /** Whether the parameters were those of whole steps after every failure. */
  readonly sameBits: boolean;
  /** How a small call after the failures ended. */
  readonly laterCode: string;
}

const ROUNDS = 12;
const STEPS_OF_AN_EPOCH = 10;
const data = points(STEPS_OF_AN_EPOCH * regression.batchSize);
const single = createLearner(regression);

let error: unknown;
let trainer: Trainer | undefined;
let milliseconds = 0;
let epoch = 0;
let sameBits = true;
let laterCode = 'none';

try {
  trainer = await createTrainer({ ...regression, workers: 3 });
} catch (reason) {
  error = reason;
}
for (let round = 0; trainer && round < ROUNDS; round++) {
  const start = performance.now();
  error = await trainer.fit(data, { epochs: 1_000_000 }).catch((reason: unknown) => reason);
  milliseconds = Math.max(milliseconds, performance.now() - start);
  follow(trainer);
}
await trainer?.predict(data).catch((reason) => {
  laterCode = reason.code;
});
await trainer?.dispose();

const { code, message, cause } =
  error instanceof ConvoyError ? error : { code: 'none', message: String(error), cause: undefined };
const report: FaultReport = {
  code,
  message,
  cause: cause instanceof Error ? cause.message : String(cause),
  milliseconds,
  steps: trainer?.step ?? 0,
  sameBits,
  laterCode,
};
process.stdout.write(JSON.stringify(report));

/** Takes the steps of the trainer on one thread, and compares. */
function follow(trained: Trainer): void {
  const stepsBefore = single.step;
  const batches = learn(single, regression, data, { firstEpoch: epoch, epochs: Number.POSITIVE_INFINITY });
  while (single.step < trained.step) batches.next();
  sameBits &&= hashOf(trained) === hashOf(single);
  // The next run takes the broken epoch from its start.
  epoch += Math.floor((single.step - stepsBefore) / STEPS_OF_AN_EPOCH);
}

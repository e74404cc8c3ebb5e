// Evaluates and predicts while one fault follows the other, each long after the one before. Needs `planted-fault.ts` preloaded.
import { createTrainer } from '@convoy/trainer';
import { bitsOf } from '../bits.ts';
import { type Fault, FaultBoard } from '../faults.ts';
import { classifier, images } from '../small-cases.ts';

export interface SeriesReport {
  readonly faults: number;
  readonly error: string | undefined;
  /** Whether the result was the same as in an undisturbed call. */
  readonly isSame: boolean;
}

/** As many as end a run, if they were counted together. */
const FAULTS = 2;
const board = FaultBoard.create();
const data = images(100_000);
let faults = 0;
let fault: Fault | undefined;
await using trainer = await createTrainer({
  ...classifier,
  workers: 2,
  maxFailures: FAULTS,
  onWorkerFailure() {
    faults++;
    if (fault && faults < FAULTS) board.plant(fault);
  },
});
const calls = {
  evaluate: async () => JSON.stringify(await trainer.evaluate(data)),
  predict: async () => bitsOf(await trainer.predict(data)).join(),
};

const reports: SeriesReport[] = [];
for (const [name, passes] of [
  // Two kernels a block of 8 samples: in each piece of 256 batches of 32 they run 2048 times.
  ['evaluate', 3000],
  // At most five kernels a block: in each piece of 32,768 samples they run 20,480 times or less.
  ['predict', 25_000],
] as const) {
  const expected = await calls[name]();
  faults = 0;
  fault = { kind: 'throw', point: name === 'evaluate' ? 'loss' : 'forward', after: passes };
  board.plant(fault);
  const result = await calls[name]().catch((error: Error) => error);
  fault = undefined;
  board.clear();
  const error = result instanceof Error ? result.message : undefined;
  reports.push({ faults, error, isSame: result === expected });
}
process.stdout.write(JSON.stringify(reports));

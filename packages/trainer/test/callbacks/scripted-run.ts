// Takes a callback through epochs whose scores are given, without a trainer: what it decides, and when.
import { lenet5 } from '@convoy/layers';
import { full, type Tensor } from '@convoy/tensor';
import type { Callback, EpochRecord, Run } from '@convoy/trainer';
import { throughBytes } from '../checkpoint/bytes.ts';
import { snapshotOf } from '../checkpoint/snapshots.ts';

const STEPS = 10;

/** What became of the run. */
export interface Outcome {
  /** Epochs until the run was stopped, or all. */
  readonly epochs: number;
  /** The factor of the learning rate after each epoch. */
  readonly factors: readonly number[];
  /** The epoch whose parameters the run ended with. */
  readonly parametersOf: number;
}

export interface Script {
  readonly epochs: readonly Pick<EpochRecord, 'scores' | 'validation'>[];
  /** After this epoch the run is killed, and resumed with another callback. */
  readonly resumed?: { readonly after: number; readonly callback: Callback };
  /** Ends the run so many steps after its last epoch, as an abort does. */
  readonly extraSteps?: number;
}

/** Runs the callback over the epochs of the script. The parameters hold the number of the epoch that they are from. */
export async function follow(callback: Callback, { epochs, resumed, extraSteps = 0 }: Script): Promise<Outcome> {
  const run = new ScriptedRun();
  const factors: number[] = [];
  let active = callback;
  await active.onStart?.(run);
  for (const [i, epoch] of epochs.entries()) {
    if (i === resumed?.after) {
      const state = throughCheckpoint(active.state?.());
      active = resumed.callback;
      await active.onStart?.(run);
      active.restore?.(state);
    }
    if (run.stopped) break;
    run.step += STEPS;
    run.setParameters([['epoch', full([], i + 1)]]);
    const record: EpochRecord = { epoch: i + 1, ...epoch, seconds: 0.5, samplesPerSecond: 1000 };
    run.records.push(record);
    await active.onEpochEnd?.(record, run);
    factors.push(run.learningRateFactor);
  }
  run.step += extraSteps;
  await active.onEnd?.(run);
  return { epochs: run.records.length, factors, parametersOf: run.parameters().get('epoch')?.at() as number };
}

/** The state of a callback as a checkpoint gives it back. */
function throughCheckpoint(state: unknown): unknown {
  const { callbacks } = throughBytes({ ...snapshotOf(0), callbacks: { state } });
  return Object.values(callbacks)[0];
}

/** Epochs with these losses. */
export const losses = (...numbers: number[]): Script => ({ epochs: numbers.map((loss) => ({ scores: { loss } })) });

class ScriptedRun implements Run {
  readonly model = lenet5();
  readonly records: EpochRecord[] = [];
  learningRateFactor = 1;
  step = 0;
  stopped = false;
  #parameters = new Map<string, Tensor>();

  stop(): void {
    this.stopped = true;
  }

  parameters(): Map<string, Tensor> {
    return new Map([...this.#parameters].map(([name, tensor]) => [name, tensor.clone()]));
  }

  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    this.#parameters = new Map(parameters);
  }

  snapshot(): never {
    throw new Error('A run without a trainer has no snapshot.');
  }
}

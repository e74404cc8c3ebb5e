// Takes a callback through epochs whose scores are given, without a trainer: what it decides, and when.
import { lenet5 } from '@convoy/layers';
import { full, type Tensor } from '@convoy/tensor';
import type { Callback, EpochRecord, Run } from '@convoy/trainer';

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
  /** Ends the run so many steps after its last epoch, as an abort does. */
  readonly extraSteps?: number;
}

/** Runs the callback over the epochs of the script; its parameters hold the number of the epoch they are from. */
export async function follow(callback: Callback, { epochs, extraSteps = 0 }: Script): Promise<Outcome> {
  const records: EpochRecord[] = [];
  const factors: number[] = [];
  let stopped = false;
  let step = 0;
  let parameters = new Map<string, Tensor>([['epoch', full([], 0)]]);
  const run: Run = {
    model: lenet5(),
    get step() {
      return step;
    },
    records,
    learningRateFactor: 1,
    stop: () => {
      stopped = true;
    },
    parameters: () => new Map([...parameters].map(([name, tensor]) => [name, tensor.clone()])),
    setParameters: (replacements) => {
      parameters = new Map(replacements);
    },
  };
  await callback.onStart?.(run);
  for (const [i, epoch] of epochs.entries()) {
    if (stopped) break;
    step += STEPS;
    parameters.get('epoch')?.set(i + 1);
    const record: EpochRecord = { epoch: i + 1, ...epoch, seconds: 0.5, samplesPerSecond: 1000 };
    records.push(record);
    await callback.onEpochEnd?.(record, run);
    factors.push(run.learningRateFactor);
  }
  step += extraSteps;
  await callback.onEnd?.(run);
  return { epochs: records.length, factors, parametersOf: parameters.get('epoch')?.at() as number };
}

/** Epochs with these losses. */
export const losses = (...numbers: number[]): Script => ({ epochs: numbers.map((loss) => ({ scores: { loss } })) });

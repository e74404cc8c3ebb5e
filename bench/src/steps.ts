// The suite of whole training steps on one thread: by the learner, and by the trainer with one worker.
import type { SuiteReport } from './measurement.ts';
import type { Effort } from './rounds.ts';
import { compareTrainings, disposeAll, learnerTraining, type Training, trainerTraining } from './training.ts';
import { cifarWorkload, lenet5Workload } from './workload.ts';

const BATCH_SIZE = 64;
const EFFORT: Effort = { rounds: 5, milliseconds: 500, calls: 2 };
const QUICK: Effort = { rounds: 2, milliseconds: 1, calls: 1 };

export async function runSteps(quick: boolean): Promise<SuiteReport> {
  // A fit costs about a millisecond besides its steps: its epoch outweighs that.
  const lenet5 = lenet5Workload(BATCH_SIZE * (quick ? 2 : 32));
  const cifar = cifarWorkload(BATCH_SIZE * (quick ? 1 : 2));
  const trainings: Training[] = [];
  try {
    trainings.push(learnerTraining(lenet5, BATCH_SIZE));
    trainings.push(await trainerTraining('trainer, 1 worker, floats', lenet5, lenet5.floats, BATCH_SIZE, 1));
    trainings.push(await trainerTraining('trainer, 1 worker, bytes', lenet5, lenet5.bytes, BATCH_SIZE, 1));
    trainings.push(learnerTraining(cifar, BATCH_SIZE));
    trainings.push(await trainerTraining('trainer, 1 worker, floats', cifar, cifar.floats, BATCH_SIZE, 1));
    const { measurements, checksum } = await compareTrainings(trainings, quick ? QUICK : EFFORT);
    return { title: 'Training steps, one thread', relativeTo: null, measurements, checksum };
  } finally {
    await disposeAll(trainings);
  }
}

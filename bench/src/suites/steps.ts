// The suite `steps`: whole training steps on one thread, by the learner and by the trainer with one worker.
import type { SuiteReport } from '../measuring/measurement.ts';
import type { Effort } from '../measuring/rounds.ts';
import { compareTrainings } from '../trainings/compare-trainings.ts';
import { disposeAll, learnerTraining, type Training, trainerTraining } from '../trainings/training.ts';
import { cifarWorkload, lenet5Workload } from '../trainings/workload.ts';

const BATCH_SIZE = 64;
const EFFORT: Effort = { rounds: 5, milliseconds: 500, calls: 2 };
const QUICK: Effort = { rounds: 2, milliseconds: 1, calls: 1 };

/** @param quick only LeNet-5, for few steps */
export async function runSteps(quick: boolean): Promise<SuiteReport> {
  // A fit costs about a millisecond in addition to its steps, so an epoch must take much longer than that.
  const lenet5 = lenet5Workload(BATCH_SIZE * (quick ? 2 : 32));
  const trainings: Training[] = [];
  try {
    trainings.push(learnerTraining(lenet5, BATCH_SIZE));
    trainings.push(await trainerTraining('trainer, 1 worker, floats', lenet5, lenet5.floats, BATCH_SIZE, 1));
    trainings.push(await trainerTraining('trainer, 1 worker, bytes', lenet5, lenet5.bytes, BATCH_SIZE, 1));
    if (!quick) {
      const cifar = cifarWorkload(2 * BATCH_SIZE);
      trainings.push(learnerTraining(cifar, BATCH_SIZE));
      trainings.push(await trainerTraining('trainer, 1 worker, floats', cifar, cifar.floats, BATCH_SIZE, 1));
    }
    const { measurements, checksum } = await compareTrainings(trainings, quick ? QUICK : EFFORT);
    return { title: 'Training steps, one thread', relativeTo: null, measurements, checksum };
  } finally {
    await disposeAll(trainings);
  }
}

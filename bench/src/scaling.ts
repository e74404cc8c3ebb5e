// The suite of scaling: the same training on 1 worker and on more, up to one for each core.
import { availableParallelism } from 'node:os';
import { type Measurement, median, type SuiteReport } from './measurement.ts';
import type { Effort } from './rounds.ts';
import { compareTrainings, disposeAll, type Training, trainerTraining } from './training.ts';
import { cifarWorkload, lenet5Workload, resnet20Workload } from './workload.ts';

const EFFORT: Effort = { rounds: 5, milliseconds: 400, calls: 2 };
const QUICK: Effort = { rounds: 2, milliseconds: 1, calls: 1 };

export async function runScaling(quick: boolean): Promise<SuiteReport> {
  // A fit costs about a millisecond besides its steps, which more workers shorten: its epoch outweighs that.
  const lenet5 = lenet5Workload(quick ? 512 : 16_384);
  const cifar = cifarWorkload(quick ? 64 : 512);
  const largeCifar = cifarWorkload(quick ? 512 : 1024);
  const resnet20 = resnet20Workload(quick ? 64 : 256);
  // A batch of 64 has 8 shards, so that is how many workers it keeps busy; one of 512 has 16.
  // One of 8 is a single block: the second worker assists the first one.
  const cases = [
    { workload: lenet5, batchSize: 8 },
    { workload: lenet5, batchSize: 64 },
    { workload: lenet5, batchSize: 512 },
    { workload: cifar, batchSize: 8 },
    { workload: cifar, batchSize: 64 },
    { workload: largeCifar, batchSize: 512 },
    { workload: resnet20, batchSize: 64 },
  ];
  const trainings: Training[] = [];
  try {
    for (const { workload, batchSize } of cases) {
      for (const workers of workerCounts(availableParallelism())) {
        const name = `${workers} ${workers === 1 ? 'worker' : 'workers'}`;
        trainings.push(await trainerTraining(name, workload, workload.bytes, batchSize, workers));
      }
    }
    const { measurements, checksum } = await compareTrainings(trainings, quick ? QUICK : EFFORT);
    return {
      title: 'Scaling over workers',
      relativeTo: '× 1 worker',
      measurements: measurements.map((measurement) => ({
        ...measurement,
        relative: speedUp(measurement, measurements),
      })),
      checksum,
    };
  } finally {
    await disposeAll(trainings);
  }
}

/** 1, 2, 3, 4, then doubling, and the last one. */
export function workerCounts(last: number): readonly number[] {
  const counts = [1, 2, 3, 4];
  while ((counts.at(-1) as number) < last) counts.push(2 * (counts.at(-1) as number));
  return [...counts.filter((count) => count < last), last];
}

/** The median over the rounds of the ratio to one worker in the same round, which the machine treated alike. */
function speedUp({ group, rounds }: Measurement, all: readonly Measurement[]): number | null {
  const alone = all.find((other) => other.group === group);
  return alone ? median(rounds.map((figure, round) => figure / (alone.rounds[round] as number))) : null;
}

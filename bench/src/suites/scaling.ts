// The suite `scaling`: the same training on 1 worker and on more, up to one per core.
import { availableParallelism } from 'node:os';
import { type Measurement, median, type SuiteReport } from '../measuring/measurement.ts';
import type { Effort } from '../measuring/rounds.ts';
import { formatWorkers } from '../reports/figures.ts';
import { compareTrainings } from '../trainings/compare-trainings.ts';
import { disposeAll, type Training, trainerTraining } from '../trainings/training.ts';
import { cifarWorkload, lenet5Workload, resnet20Workload, type Workload } from '../trainings/workload.ts';

const EFFORT: Effort = { rounds: 5, milliseconds: 400, calls: 2 };
const QUICK: Effort = { rounds: 2, milliseconds: 1, calls: 1 };

interface Case {
  readonly workload: Workload;
  readonly batchSize: number;
}

/** @param quick only LeNet-5, at one batch size */
export async function runScaling(quick: boolean): Promise<SuiteReport> {
  const trainings: Training[] = [];
  try {
    for (const { workload, batchSize } of quick ? quickCases() : allCases()) {
      for (const workers of workerCounts(availableParallelism())) {
        trainings.push(await trainerTraining(formatWorkers(workers), workload, workload.bytes, batchSize, workers));
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

/**
 * A batch of 64 has 8 shards and keeps at most 8 workers busy, a batch of 512 has 16. A batch of 8 is a single block, with which the second
 * worker assists the first one.
 */
function allCases(): readonly Case[] {
  // A fit costs about a millisecond in addition to its steps, and more workers shorten only the steps, so an epoch must take much longer.
  const lenet5 = lenet5Workload(16_384);
  const cifar = cifarWorkload(512);
  return [
    { workload: lenet5, batchSize: 8 },
    { workload: lenet5, batchSize: 64 },
    { workload: lenet5, batchSize: 512 },
    { workload: cifar, batchSize: 8 },
    { workload: cifar, batchSize: 64 },
    { workload: cifarWorkload(1024), batchSize: 512 },
    { workload: resnet20Workload(256), batchSize: 64 },
  ];
}

const quickCases = (): readonly Case[] => [{ workload: lenet5Workload(128), batchSize: 64 }];

/** 1, 2, 3, 4, then doubled numbers, and the last one. */
export function workerCounts(last: number): readonly number[] {
  const counts = [1, 2, 3, 4];
  while ((counts.at(-1) as number) < last) counts.push(2 * (counts.at(-1) as number));
  return [...counts.filter((count) => count < last), last];
}

/** The median over the rounds of the ratio to one worker within a round, because what disturbs the machine in a round slows both. */
function speedUp({ group, rounds }: Measurement, all: readonly Measurement[]): number | null {
  const alone = all.find((other) => other.group === group);
  return alone ? median(rounds.map((figure, round) => figure / (alone.rounds[round] as number))) : null;
}

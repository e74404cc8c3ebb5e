// The suite `growth`: the cost of a sample as batches, channels and the number of layers grow, on one worker.
import { conv2d, dense, globalAvgPool2d, type Model, modelCosts, relu, sequential } from '@convoy/layers';
import type { Measurement, SuiteReport } from '../measuring/measurement.ts';
import type { Effort } from '../measuring/rounds.ts';
import { compareTrainings } from '../trainings/compare-trainings.ts';
import { disposeAll, type Training, trainerTraining } from '../trainings/training.ts';
import { lenet5Workload, type Workload, workload } from '../trainings/workload.ts';

const EFFORT: Effort = { rounds: 5, milliseconds: 200, calls: 1 };
const QUICK: Effort = { rounds: 2, milliseconds: 1, calls: 1 };

interface Case {
  readonly workload: Workload;
  readonly batchSize: number;
}

/** @param quick only the first two cases of each series, with few samples */
export async function runGrowth(quick: boolean): Promise<SuiteReport> {
  const sizes = (all: readonly number[]) => (quick ? all.slice(0, 2) : all);
  const lenet5 = lenet5Workload(quick ? 32 : 2048);
  const convolutions = (count: number, channels: number): Case => ({
    workload: workload(`${count} × ${channels} channels`, stack(count, channels), quick ? 32 : 128),
    batchSize: 32,
  });
  const series: readonly (readonly Case[])[] = [
    sizes([1, 8, 64, 256]).map((batchSize) => ({ workload: lenet5, batchSize })),
    sizes([8, 16, 32, 64, 128]).map((channels) => convolutions(4, channels)),
    sizes([2, 4, 8, 16, 32]).map((count) => convolutions(count, 32)),
  ];
  const cases = series.flat();
  const trainings: Training[] = [];
  try {
    for (const { workload, batchSize } of cases) {
      trainings.push(await trainerTraining('1 worker', workload, workload.bytes, batchSize, 1));
    }
    const { measurements, checksum } = await compareTrainings(trainings, quick ? QUICK : EFFORT);
    const rate = (i: number) =>
      (measurements[i] as Measurement).median * modelCosts((cases[i] as Case).workload.model).multiplyAdds;
    const firstOf = (i: number) => cases.indexOf(series.find((one) => one.includes(cases[i] as Case))?.[0] as Case);
    return {
      title: 'Growth with the batch (LeNet-5), with channels and with layers (3×3 convolutions of 16×16)',
      relativeTo: '× first',
      measurements: measurements.map((measurement, i) => ({ ...measurement, relative: rate(i) / rate(firstOf(i)) })),
      checksum,
    };
  } finally {
    await disposeAll(trainings);
  }
}

/** A model of `count` convolutions 3×3, each with the same number of channels. */
const stack = (count: number, channels: number): Model =>
  sequential({ input: [channels, 16, 16] }, [
    ...Array.from({ length: count }, () => [
      conv2d({ filters: channels, kernelSize: 3, padding: 'same' }),
      relu(),
    ]).flat(),
    globalAvgPool2d(),
    dense({ units: 10 }),
  ]);

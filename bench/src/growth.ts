// The suite of growth: what a sample costs as batches, channels and layers grow, on one worker.
import { conv2d, dense, globalAvgPool2d, type Model, modelCosts, relu, sequential } from '@convoy/layers';
import type { Measurement, SuiteReport } from './measurement.ts';
import type { Effort } from './rounds.ts';
import { compareTrainings, disposeAll, type Training, trainerTraining } from './training.ts';
import { lenet5Workload, type Workload, workload } from './workload.ts';

const EFFORT: Effort = { rounds: 5, milliseconds: 200, calls: 1 };
const QUICK: Effort = { rounds: 2, milliseconds: 1, calls: 1 };

interface Case {
  readonly workload: Workload;
  readonly batchSize: number;
}

export async function runGrowth(quick: boolean): Promise<SuiteReport> {
  const lenet5 = lenet5Workload(quick ? 256 : 2048);
  const convolutions = (count: number, channels: number): Case => ({
    workload: workload(`${count} × ${channels} channels`, stack(count, channels), quick ? 32 : 128),
    batchSize: 32,
  });
  const series: readonly (readonly Case[])[] = [
    [1, 8, 64, 256].map((batchSize) => ({ workload: lenet5, batchSize })),
    [8, 16, 32, 64, 128].map((channels) => convolutions(4, channels)),
    [2, 4, 8, 16, 32].map((count) => convolutions(count, 32)),
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

/** So many 3×3 convolutions of as many channels each. */
const stack = (count: number, channels: number): Model =>
  sequential({ input: [channels, 16, 16] }, [
    ...Array.from({ length: count }, () => [
      conv2d({ filters: channels, kernelSize: 3, padding: 'same' }),
      relu(),
    ]).flat(),
    globalAvgPool2d(),
    dense({ units: 10 }),
  ]);

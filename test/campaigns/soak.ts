// Trains LeNet-5 on MNIST for minutes, with checkpoints, and measures speed and memory, which must not change during the run.
// npm run campaign:soak -- --minutes 10
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { mnist } from '@convoy/datasets';
import { accuracy, lenet5, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { finiteNumber } from '@convoy/tensor';
import { checkpoint, createTrainer } from '@convoy/trainer';
import { campaignOptions } from './options.ts';
import { row } from './row.ts';
import {
  judgeSoak,
  MIN_MINUTES,
  type Minute,
  type Moment,
  minuteOf,
  percent,
  type SoakVerdict,
  soakLimits,
} from './soak-verdict.ts';

export interface SoakReport extends SoakVerdict {
  readonly moments: readonly Moment[];
  /** The number of checkpoints that appeared in the directory, where only the last two are kept. */
  readonly checkpoints: number;
}

// The sample in `npm test` has shorter minutes, and more checkpoints.
const options = campaignOptions({
  minutes: 10,
  workers: availableParallelism(),
  'minute-seconds': 60,
  // About five seconds on two cores.
  'checkpoint-steps': 3000,
  json: false,
});
const { workers, 'minute-seconds': secondsOfMinute, 'checkpoint-steps': checkpointSteps } = options;
const minutes = finiteNumber('--minutes', options.minutes, { atLeast: MIN_MINUTES });

const MOMENTS_PER_MINUTE = 60;
const BATCH_SIZE = 64;

const { train } = await mnist();
const stepsOfEpoch = Math.ceil(train.length / BATCH_SIZE);
/** The last batch of an epoch is smaller. */
const samplesOf = (step: number) => Math.floor(step / stepsOfEpoch) * train.length + (step % stepsOfEpoch) * BATCH_SIZE;

const write = (line: string) => {
  if (!options.json) process.stdout.write(`${line}\n`);
};
const printMinute = (index: number, { samplesPerSecond, mebibytes, cores }: Minute) =>
  write(row(index + 1, samplesPerSecond.toFixed(0), mebibytes.toFixed(1), cores.toFixed(2)));

const report = await soak();
if (options.json) process.stdout.write(JSON.stringify(report));
write(summaryOf(report));
if (report.problems.length > 0) process.exitCode = 1;

async function soak(): Promise<SoakReport> {
  await using trainer = await createTrainer({
    model: lenet5(),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    // Small, so that the loss stays finite over hundreds of epochs.
    optimizer: sgd({ learningRate: 0.001, momentum: 0.9 }),
    batchSize: BATCH_SIZE,
    workers,
    seed: 1,
  });
  const directory = mkdtempSync(join(tmpdir(), 'convoy-soak-'));
  try {
    write(row('minute', 'samples/s', 'MiB', 'cores'));
    let training = true;
    const fit = trainer
      .fit(train, {
        epochs: 2 ** 31 - 1,
        maxSeconds: minutes * secondsOfMinute,
        callbacks: [checkpoint({ directory, every: { steps: checkpointSteps } })],
      })
      .finally(() => {
        training = false;
      });
    const [{ moments, checkpoints }] = await Promise.all([
      measure(
        () => trainer.step,
        () => training,
        directory,
      ),
      fit,
    ]);
    return { ...judgeSoak(moments, minutes, secondsOfMinute), moments, checkpoints };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Measures the run until it ends, and prints each minute when it is over. */
async function measure(
  step: () => number,
  training: () => boolean,
  directory: string,
): Promise<{ moments: readonly Moment[]; checkpoints: number }> {
  const moments: Moment[] = [];
  const files = new Set<string>();
  const began = performance.now();
  let printed = 0;
  while (training()) {
    const { user, system } = process.cpuUsage();
    const seconds = (performance.now() - began) / 1000;
    moments.push({
      seconds,
      samples: samplesOf(step()),
      mebibytes: process.memoryUsage.rss() / 2 ** 20,
      processorSeconds: (user + system) / 1e6,
    });
    for (const name of readdirSync(directory)) if (name.endsWith('.safetensors')) files.add(name);
    if (seconds >= (printed + 1) * secondsOfMinute) printMinute(printed, minuteOf(moments, printed++, secondsOfMinute));
    await delay((1000 * secondsOfMinute) / MOMENTS_PER_MINUTE);
  }
  if (printed < minutes) printMinute(printed, minuteOf(moments, printed, secondsOfMinute));
  return { moments, checkpoints: files.size };
}

function summaryOf({ checkpoints, speed, slope, growth, problems }: SoakReport): string {
  return [
    `${minutes} minutes of ${workers} workers, ${checkpoints} checkpoints`,
    `speed: the last minute has ${percent(speed)} of the samples/s of the second one (limit: ${percent(soakLimits.speed)})`,
    `memory: ${slope.toFixed(2)} MiB per minute after the second one (limit: ${soakLimits.slope}),`,
    `        ${growth.toFixed(1)} MiB from the second to the last one (limit: ${soakLimits.growth})`,
    problems.length === 0 ? 'Speed and memory did not change.' : `PROMISE BROKEN: ${problems.join('; ')}.`,
  ].join('\n');
}

// Trains LeNet-5 on MNIST for minutes, with checkpoints, and watches speed and memory: neither may change while the run goes on.
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
  FEWEST_MINUTES,
  judgeSoak,
  type Minute,
  type Moment,
  minuteOf,
  percent,
  type SoakVerdict,
  soakLimits,
} from './soak-verdict.ts';

export interface SoakReport extends SoakVerdict {
  readonly moments: readonly Moment[];
  /** How many were seen in the directory; two of them stay. */
  readonly checkpoints: number;
}

// The test has shorter minutes, and more checkpoints.
const options = campaignOptions({
  minutes: 10,
  workers: availableParallelism(),
  'minute-seconds': 60,
  // Some five seconds on two cores.
  'checkpoint-steps': 3000,
  json: false,
});
const { workers, 'minute-seconds': secondsOfMinute, 'checkpoint-steps': checkpointSteps } = options;
const minutes = finiteNumber('--minutes', options.minutes, { atLeast: FEWEST_MINUTES });

const MOMENTS_OF_MINUTE = 60;
const BATCH_SIZE = 64;

const { train } = await mnist();
const stepsOfEpoch = Math.ceil(train.length / BATCH_SIZE);
/** The last batch of an epoch is smaller. */
const samplesOf = (step: number) => Math.floor(step / stepsOfEpoch) * train.length + (step % stepsOfEpoch) * BATCH_SIZE;

const write = (line: string) => {
  if (!options.json) process.stdout.write(`${line}\n`);
};
const tell = (index: number, { samplesPerSecond, mebibytes, cores }: Minute) =>
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
    // So small that the loss stays finite over hundreds of epochs.
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
        epochs: Number.MAX_SAFE_INTEGER,
        maxSeconds: minutes * secondsOfMinute,
        callbacks: [checkpoint({ directory, every: { steps: checkpointSteps } })],
      })
      .finally(() => {
        training = false;
      });
    const [{ moments, checkpoints }] = await Promise.all([
      watch(
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

/** Looks at the run until it ends, and tells of each minute that is over. */
async function watch(
  step: () => number,
  training: () => boolean,
  directory: string,
): Promise<{ moments: readonly Moment[]; checkpoints: number }> {
  const moments: Moment[] = [];
  const files = new Set<string>();
  const began = performance.now();
  let told = 0;
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
    if (seconds >= (told + 1) * secondsOfMinute) tell(told, minuteOf(moments, told++, secondsOfMinute));
    await delay((1000 * secondsOfMinute) / MOMENTS_OF_MINUTE);
  }
  if (told < minutes) tell(told, minuteOf(moments, told, secondsOfMinute));
  return { moments, checkpoints: files.size };
}

function summaryOf({ checkpoints, speed, slope, growth, problems }: SoakReport): string {
  return [
    `${minutes} minutes of ${workers} workers, ${checkpoints} checkpoints`,
    `speed: the last minute has ${percent(speed)} of the second one's samples/s (at least ${percent(soakLimits.speed)})`,
    `memory: ${slope.toFixed(2)} MiB a minute behind the second one (less than ${soakLimits.slope}),`,
    `        ${growth.toFixed(1)} MiB from the second to the last one (at most ${soakLimits.growth})`,
    problems.length === 0 ? 'Speed and memory stayed as they were.' : `NOT AS PROMISED: ${problems.join('; ')}.`,
  ].join('\n');
}

// The process that the kill campaign kills: trains LeNet-5 on a part of MNIST with a checkpoint every two steps, and resumes from the last
// checkpoint in its directory. It prints lines of JSON: `TargetStart` before the first step, `TargetEnd` at the end.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mnist } from '@convoy/datasets';
import { accuracy, adam, lenet5, softmaxCrossEntropy } from '@convoy/layers';
import { checkpoint, createTrainer } from '@convoy/trainer';
import { hashOf } from '../../packages/trainer/test/bits.ts';

export interface TargetArguments {
  /** The directory of the data. */
  readonly data: string;
  /** The directory of the checkpoints; without it the run saves none. */
  readonly directory?: string;
  readonly workers: number;
}

export interface TargetStart {
  /** The step from which the run continues; 0 for a new run. */
  readonly step: number;
  /** The names of temporary files in the directory. */
  readonly temporary: readonly string[];
}

export interface TargetEnd {
  /** SHA-256 of the parameters. */
  readonly hash: string;
  /** SHA-256 of the records of all epochs, without times. */
  readonly records: string;
}

const EPOCHS = 4;
const STEPS_BETWEEN_CHECKPOINTS = 2;

const { data, directory, workers }: TargetArguments = JSON.parse(process.argv[2] as string);
const print = (line: TargetStart | TargetEnd) => process.stdout.write(`${JSON.stringify(line)}\n`);

const saving = directory === undefined ? [] : [checkpoint({ directory, every: { steps: STEPS_BETWEEN_CHECKPOINTS } })];
const temporaryFiles = () =>
  directory === undefined ? [] : readdirSync(directory).filter((name) => name.endsWith('.tmp'));
const { train, test } = await mnist({ directory: data });
await using trainer = await createTrainer({
  model: lenet5(),
  loss: softmaxCrossEntropy(),
  metrics: [accuracy()],
  optimizer: adam({ learningRate: 0.002 }),
  batchSize: 64,
  workers,
  seed: 3,
});
const { epochs } = await trainer.fit(train, {
  epochs: EPOCHS,
  validation: test,
  callbacks: [...saving, { onStart: ({ step }) => void print({ step, temporary: temporaryFiles() }) }],
  ...(directory !== undefined && { resume: directory }),
});
const records = epochs.map(({ epoch, scores, validation }) => ({ epoch, scores, validation }));
print({ hash: hashOf(trainer), records: createHash('sha256').update(JSON.stringify(records)).digest('hex') });

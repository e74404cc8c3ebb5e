// The output and the files of a training run.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mnist, type StoredDataset } from '@convoy/datasets';
import { readSafetensors } from '@convoy/formats';
import { createLearner, lenet5, parametersOf, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { Tensor } from '@convoy/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeSmallMnist } from '../../../test/campaigns/small-mnist.ts';
import { convoy, type Ended, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();

const directory = join(root, 'data');

beforeAll(async () => {
  mkdirSync(directory);
  await writeSmallMnist(directory, { train: 2000, test: 1000 });
});

/** Two epochs of 2,000 samples; the last step of an epoch has a part of a batch. */
const train = (out: string, ...more: readonly string[]): Promise<Ended> =>
  convoy(
    ...['train', 'lenet5', '--data', 'mnist', '--data-dir', directory, '--epochs', '2', '--learning-rate', '0.03'],
    ...['--momentum', '0.9', '--batch-size', '48', '--out', join(root, out), ...more],
  );

const eventsOf = ({ stdout }: Ended) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** The content of a safetensors file after its header. */
function dataOf(file: Buffer): Buffer {
  return file.subarray(8 + Number(file.readBigUInt64LE()));
}

describe('convoy train --json', () => {
  let run: Ended;

  beforeAll(async () => {
    run = await train('one', '--json', '--workers', '1', '--seed', '7');
  });

  it('prints one object per line: start, the epochs, done', () => {
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const number = expect.any(Number);
    const epoch = { loss: number, accuracy: number, testLoss: number, testAccuracy: number, seconds: number };
    expect(eventsOf(run)).toEqual([
      {
        event: 'start',
        ...{ model: 'lenet5', parameters: 61_706, data: 'mnist', trainSamples: 2000, testSamples: 1000, epochs: 2 },
        ...{ batchSize: 48, optimizer: 'sgd', learningRate: 0.03, momentum: 0.9, weightDecay: 0, schedule: 'constant' },
        ...{ seed: 7, workers: 1, simd: 'strict' },
        ...{ weights: join(root, 'one', 'weights.safetensors'), epochsDone: 0, stepsDone: 0 },
      },
      { event: 'epoch', epoch: 1, ...epoch, samplesPerSecond: number },
      { event: 'epoch', epoch: 2, ...epoch, samplesPerSecond: number },
      {
        event: 'done',
        ...{ testAccuracy: number, testLoss: number, samplesPerSecond: number, seconds: number, workers: 1 },
        parametersSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  it('learns, and gives speed over all epochs', () => {
    const [, first, last, done] = eventsOf(run);
    expect(last.loss).toBeLessThan(first.loss / 2);
    expect(done.testAccuracy).toBeGreaterThan(0.8);
    expect([done.testAccuracy, done.testLoss]).toEqual([last.testAccuracy, last.testLoss]);
    expect(done.seconds).toBeCloseTo(first.seconds + last.seconds, 6);
    expect(done.samplesPerSecond * done.seconds).toBeCloseTo(2 * 2000, 6);
  });

  it('prints the hash of the parameters that it saves', async () => {
    const path = join(root, 'one', 'weights.safetensors');
    const hash = createHash('sha256')
      .update(dataOf(readFileSync(path)))
      .digest('hex');
    expect(eventsOf(run).at(-1).parametersSha256).toBe(hash);
    expect(readdirSync(join(root, 'one'))).toEqual(['weights.safetensors']);

    const { tensors, metadata } = await readSafetensors(path);
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual(
      parametersOf(lenet5()).map(({ name, shape }) => [name, shape]),
    );
    expect(metadata).toEqual({
      ...{
        model: 'lenet5',
        parameters: '61706',
        data: 'mnist',
        trainSamples: '2000',
        testSamples: '1000',
        epochs: '2',
      },
      ...{ batchSize: '48', optimizer: 'sgd', learningRate: '0.03', momentum: '0.9', weightDecay: '0' },
      ...{ schedule: 'constant', seed: '7' },
    });
  });

  it('saves the model whose accuracy it prints', async () => {
    const learner = createLearner({
      ...{ model: lenet5(), loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0 }), batchSize: 8 },
    });
    learner.setParameters((await readSafetensors(join(root, 'one', 'weights.safetensors'))).tensors);
    const { test } = await mnist({ directory });
    const { data } = learner.predict(inputsOf(test));
    const { targets } = test;
    const labels = targets.kind === 'labels' ? targets.labels : [];
    const right = labels.filter((label, sample) => {
      const outputs = data.subarray(10 * sample, 10 * (sample + 1));
      return outputs.indexOf(Math.max(...outputs)) === label;
    });
    expect(eventsOf(run).at(-1).testAccuracy).toBe(right.length / 1000);
  });

  it('ends with the same bits, and the same file, for any number of workers, and with others for another seed', async () => {
    const three = await train('three', '--json', '--workers', '3', '--seed', '7');
    const other = await train('other', '--json', '--workers', '1', '--seed', '8');
    const [expected, same, different] = [run, three, other].map((ended) => eventsOf(ended).at(-1));
    expect(same).toEqual({
      ...expected,
      workers: 3,
      seconds: expect.any(Number),
      samplesPerSecond: expect.any(Number),
    });
    expect(different.parametersSha256).not.toBe(expected.parametersSha256);
    const [one, again] = ['one', 'three'].map((out) => readFileSync(join(root, out, 'weights.safetensors')));
    expect(again?.equals(one as Buffer)).toBe(true);
  });
});

describe('convoy train without a terminal', () => {
  it('prints plain lines', async () => {
    const { code, stdout, stderr } = await convoy(
      ...['train', 'lenet5', '--data', 'mnist', '--limit', '2000', '--epochs', '2', '--workers', '2'],
      ...['--out', join(root, 'plain')],
    );
    const epoch = (n: number) =>
      `  ${n}/2  \\d\\.\\d{4} +\\d+\\.\\d\\d % +\\d\\.\\d{4} +\\d+\\.\\d\\d % +[\\d,]+ +\\d+\\.\\d`;
    const lines = [
      'lenet5, 61,706 parameters, on mnist, 2,000 samples to train and 10,000 to test',
      'epochs 2, batch size 64, seed 0, workers 2',
      'sgd, learning rate 0\\.01, momentum 0, weight decay 0, schedule constant',
      'epoch    loss  accuracy  test loss  test accuracy  samples/s  seconds',
      epoch(1),
      epoch(2),
      'test accuracy \\d+\\.\\d\\d %, test loss \\d\\.\\d{4}',
      '[\\d,]+ samples/s, \\d+\\.\\d s of training, workers 2',
      `weights ${join(root, 'plain', 'weights.safetensors')}`,
      'SHA-256 of the parameters:',
      '[0-9a-f]{64}',
    ];
    expect(stdout).toMatch(new RegExp(`^${lines.join('\n')}\n$`));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('convoy train --fast-dev-run', () => {
  it.each([
    { flags: ['--fast-dev-run'], samples: 48 },
    { flags: ['--fast-dev-run', '3'], samples: 144 },
  ])('$flags trains one short epoch and saves nothing', async ({ flags, samples }) => {
    const checkpoints = join(root, 'no checkpoints');
    const ended = await train('nothing', ...flags, '--json', '--checkpoints', checkpoints, '--resume');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const [start, epoch, done] = eventsOf(ended);
    expect(start).toMatchObject({ epochs: 1, epochsDone: 0 });
    expect(start).not.toHaveProperty('weights');
    // The accuracy of so few samples is a whole number of them.
    expect(epoch.accuracy * samples).toBeCloseTo(Math.round(epoch.accuracy * samples), 9);
    expect(epoch.testAccuracy * samples).toBeCloseTo(Math.round(epoch.testAccuracy * samples), 9);
    expect(done).toMatchObject({ event: 'done', testAccuracy: epoch.testAccuracy });
    expect(readdirSync(root)).not.toContain('nothing');
    expect(readdirSync(root)).not.toContain('no checkpoints');
  });

  it('says that nothing was saved', async () => {
    const { stdout } = await train('nothing', '--fast-dev-run');
    expect(stdout).toMatch(/^ +1\/1 /m);
    expect(stdout).toMatch(/^fast dev run, nothing saved\nSHA-256 of the parameters:\n[0-9a-f]{64}$/m);
  });

  it.each(['0', '1.5', 'all'])('refuses %s', async (batches) => {
    const { code, stderr } = await train('nothing', '--fast-dev-run', batches);
    expect(code).toBe(2);
    expect(stderr).toContain(`--fast-dev-run "${batches}"; expected a whole number from 1 to 2147483647, such as 3`);
  });
});

describe('convoy train --class-report', () => {
  it('ends with the scores of each class', async () => {
    const { code, stdout } = await train('report', '--class-report');
    expect(code).toBe(0);
    const [accuracy] = /(?<=test accuracy )\d+\.\d\d(?= %, test loss)/.exec(stdout) ?? [];
    const table = stdout.split('\n').slice(-16);
    expect(table[0]).toMatch(/^class +precision +recall +f1 +support$/);
    expect(table.slice(2, 12)).toEqual(
      Array.from({ length: 10 }, (_, digit) =>
        expect.stringMatching(`^${digit}( +[01]\\.\\d{3}){3} +(8\\d|9\\d|1\\d\\d)$`),
      ),
    );
    const ofTable = Number(/^accuracy +(\S+) +1,000$/.exec(table[14] ?? '')?.[1]);
    expect(ofTable).toBeCloseTo(Number(accuracy) / 100, 3);
  });

  it('has it among the fields of done with --json', async () => {
    const done = eventsOf(await train('report', '--class-report', '--json')).at(-1);
    expect(done.classReport.classes).toHaveLength(10);
    expect(done.classReport.accuracy).toBeCloseTo(done.testAccuracy, 12);
  });
});

/** (samples, ...sampleShape), as a model sees them. */
function inputsOf({ length, sampleShape, source, normalization }: StoredDataset): Tensor {
  const [scale, offset] = [normalization.scale[0] as number, normalization.offset[0] as number];
  return new Tensor(
    Float32Array.from(source.samples, (pixel) => pixel * scale + offset),
    [length, ...sampleShape],
  );
}

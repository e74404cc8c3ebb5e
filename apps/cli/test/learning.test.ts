// The options for the optimizer, its schedule and the loss: a run of the command ends with the bits of a program with
// the same options.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mnist } from '@convoy/datasets';
import { readSafetensors } from '@convoy/formats';
import {
  adam,
  adamW,
  cosineDecay,
  exponentialDecay,
  lenet5,
  type Optimizer,
  oneCycle,
  rmsprop,
  sgd,
  softmaxCrossEntropy,
  stepDecay,
  warmUp,
} from '@convoy/layers';
import { createTrainer, type Weights } from '@convoy/trainer';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeSmallMnist } from '../../../test/campaigns/small-mnist.ts';
import { sha256Of } from '../src/train/parameters-sha256.ts';
import { convoy, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();

const EPOCHS = 3;
/** Ten steps per epoch; the last one has half a batch. */
const [SAMPLES, BATCH_SIZE, STEPS] = [304, 32, 10];

const directory = join(root, 'data');

beforeAll(async () => {
  mkdirSync(directory);
  await writeSmallMnist(directory, { train: SAMPLES, test: 200 });
});

const trainArguments = (...more: readonly string[]) => [
  ...['train', 'lenet5', '--data', 'mnist', '--data-dir', directory, '--batch-size', `${BATCH_SIZE}`],
  ...['--epochs', `${EPOCHS}`, '--workers', '2', '--json', '--out', root, ...more],
];

/** The last event of a run. */
async function trained(...more: readonly string[]) {
  const { code, stdout, stderr } = await convoy(...trainArguments(...more));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) as string);
}

/** The hash of the parameters that a program ends with, and their test loss. */
async function programmed(optimizer: Optimizer, { labelSmoothing = 0, weights = 'current' as Weights } = {}) {
  const { train, test } = await mnist({ directory });
  const loss = softmaxCrossEntropy({ labelSmoothing });
  await using trainer = await createTrainer({ model: lenet5(), loss, optimizer, batchSize: BATCH_SIZE, workers: 1 });
  await trainer.fit(train, { epochs: EPOCHS });
  const { loss: testLoss } = await trainer.evaluate(test, { weights });
  return { parametersSha256: sha256Of(trainer.parameters(weights)), testLoss };
}

const all = EPOCHS * STEPS;
const momentum = 0.9;

const cases: readonly (readonly [options: string, optimizer: Optimizer])[] = [
  ['', sgd({ learningRate: 0.01 })],
  ['--momentum 0.9', sgd({ learningRate: 0.01, momentum })],
  [
    '--momentum 0.9 --nesterov --weight-decay 0.001',
    sgd({ learningRate: 0.01, momentum, nesterov: true, weightDecay: 0.001 }),
  ],
  ['--global-clip-norm 0.5', sgd({ learningRate: 0.01, globalClipNorm: 0.5 })],
  ['--optimizer adam', adam()],
  ['--optimizer adam --learning-rate 0.002', adam({ learningRate: 0.002 })],
  ['--optimizer adamW', adamW()],
  ['--optimizer adamW --weight-decay 0.1', adamW({ weightDecay: 0.1 })],
  ['--optimizer rmsprop --learning-rate 0.001', rmsprop({ learningRate: 0.001 })],
  ['--optimizer rmsprop --momentum 0.5 --learning-rate 0.001', rmsprop({ learningRate: 0.001, momentum: 0.5 })],
  [
    '--momentum 0.9 --schedule stepDecay',
    sgd({ learningRate: stepDecay({ initialLearningRate: 0.01, decaySteps: STEPS }), momentum }),
  ],
  [
    '--momentum 0.9 --schedule stepDecay --decay-epochs 0.5 --decay-rate 0.5',
    sgd({ learningRate: stepDecay({ initialLearningRate: 0.01, decaySteps: STEPS / 2, decayRate: 0.5 }), momentum }),
  ],
  [
    '--momentum 0.9 --schedule exponentialDecay',
    sgd({
      learningRate: exponentialDecay({ initialLearningRate: 0.01, decaySteps: STEPS, decayRate: 0.9 }),
      momentum,
    }),
  ],
  [
    '--momentum 0.9 --schedule cosineDecay --learning-rate 0.02',
    sgd({ learningRate: cosineDecay({ initialLearningRate: 0.02, decaySteps: all }), momentum }),
  ],
  [
    '--momentum 0.9 --schedule cosineDecay --final-learning-rate 0.005 --warm-up 0.5',
    sgd({
      learningRate: warmUp({
        steps: STEPS / 2,
        learningRate: cosineDecay({
          initialLearningRate: 0.01,
          decaySteps: all - STEPS / 2,
          finalLearningRate: 0.005,
        }),
      }),
      momentum,
    }),
  ],
  ['--momentum 0.9 --warm-up 2', sgd({ learningRate: warmUp({ steps: 2 * STEPS, learningRate: 0.01 }), momentum })],
  [
    '--optimizer adam --schedule oneCycle',
    adam({ learningRate: oneCycle({ maxLearningRate: 0.001, totalSteps: all }) }),
  ],
  [
    '--momentum 0.9 --schedule oneCycle --warm-up 1.5',
    sgd({ learningRate: oneCycle({ maxLearningRate: 0.01, totalSteps: all, increasingFraction: 0.5 }), momentum }),
  ],
];

describe('convoy train', () => {
  it.each(cases)('%s', { timeout: 60_000 }, async (options, optimizer) => {
    const given = options.split(' ').filter((word) => word !== '');
    const done = await trained(...given);
    expect(done).toMatchObject(await programmed(optimizer));
  });

  it('ends the same with options that spell out the defaults', async () => {
    const plain = await trained();
    const spelled = await trained(
      ...'--optimizer sgd --learning-rate 0.01 --momentum 0 --weight-decay 0 --schedule constant'.split(' '),
    );
    expect(spelled.parametersSha256).toBe(plain.parametersSha256);
  });

  it('--label-smoothing applies to the loss of training and of the test', async () => {
    const expected = await programmed(sgd({ learningRate: 0.01 }), { labelSmoothing: 0.1 });
    expect(await trained('--label-smoothing', '0.1')).toMatchObject(expected);
  });

  it('--average-decay tests with the moving average, and saves it', async () => {
    const expected = await programmed(sgd({ learningRate: 0.01, averageDecay: 0.9 }), { weights: 'average' });
    const out = join(root, 'averaged');
    const done = await trained('--average-decay', '0.9', '--class-report', '--out', out);
    expect(done).toMatchObject(expected);
    const { tensors } = await readSafetensors(join(out, 'weights.safetensors'));
    expect(sha256Of(tensors)).toBe(done.parametersSha256);
    expect(done.classReport.accuracy).toBeCloseTo(done.testAccuracy, 12);
  });

  it('--log writes a line per epoch, in either format', async () => {
    const { testLoss, testAccuracy } = await trained('--log', join(root, 'logs', 'run.csv'));
    const [header, ...rows] = readFileSync(join(root, 'logs', 'run.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(header).toBe('epoch,loss,accuracy,validation.loss,validation.accuracy,seconds,samplesPerSecond');
    expect(rows.map((row) => Number(row.split(',')[0]))).toEqual([1, 2, 3]);
    expect(rows.at(-1)?.split(',').slice(3, 5).map(Number)).toEqual([testLoss, testAccuracy]);

    await trained('--log', join(root, 'run.jsonl'));
    const lines = readFileSync(join(root, 'run.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(EPOCHS);
    expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ epoch: 3 });
  });
});

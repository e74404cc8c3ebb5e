// The options that say how a model learns: a run of the command ends with the bits of a program that says the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mnist, take } from '@convoy/datasets';
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
import { describe, expect, it } from 'vitest';
import { sha256Of } from '../src/parameters-sha256.ts';
import { convoy, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();

const EPOCHS = 3;
/** Ten a step, the last one of an epoch with half of a batch. */
const [SAMPLES, BATCH_SIZE, STEPS] = [304, 32, 10];

const trainArguments = (...more: readonly string[]) => [
  ...['train', 'lenet5', '--data', 'mnist', '--limit', `${SAMPLES}`, '--batch-size', `${BATCH_SIZE}`],
  ...['--epochs', `${EPOCHS}`, '--workers', '2', '--json', '--out', root, ...more],
];

/** The last event of a run. */
async function trained(...more: readonly string[]) {
  const { code, stdout, stderr } = await convoy(...trainArguments(...more));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) as string);
}

/** What a program ends with: the hash of the parameters, and their test loss. */
async function programmed(optimizer: Optimizer, { labelSmoothing = 0, weights = 'current' as Weights } = {}) {
  const { train, test } = await mnist();
  const loss = softmaxCrossEntropy({ labelSmoothing });
  await using trainer = await createTrainer({ model: lenet5(), loss, optimizer, batchSize: BATCH_SIZE, workers: 1 });
  await trainer.fit(take(train, SAMPLES), { epochs: EPOCHS });
  const { loss: testLoss } = await trainer.evaluate(test, { weights });
  return { parametersSha256: sha256Of(trainer.parameters(weights)), testLoss };
}

const all = EPOCHS * STEPS;
const momentum = 0.9;

const cases: readonly (readonly [options: string, optimizer: Optimizer])[] = [
  ['', sgd({ learningRate: 0.01, momentum })],
  ['--nesterov --weight-decay 0.001', sgd({ learningRate: 0.01, momentum, nesterov: true, weightDecay: 0.001 })],
  ['--momentum 0 --clip-norm 0.5', sgd({ learningRate: 0.01, globalClipNorm: 0.5 })],
  ['--optimizer adam', adam()],
  ['--optimizer adam --learning-rate 0.002', adam({ learningRate: 0.002 })],
  ['--optimizer adamW', adamW()],
  ['--optimizer adamW --weight-decay 0.1', adamW({ weightDecay: 0.1 })],
  ['--optimizer rmsprop --learning-rate 0.001', rmsprop({ learningRate: 0.001 })],
  ['--optimizer rmsprop --momentum 0.5 --learning-rate 0.001', rmsprop({ learningRate: 0.001, momentum: 0.5 })],
  ['--schedule step', sgd({ learningRate: stepDecay({ initialLearningRate: 0.01, decaySteps: STEPS }), momentum })],
  [
    '--schedule step --decay-epochs 0.5 --decay-factor 0.5',
    sgd({ learningRate: stepDecay({ initialLearningRate: 0.01, decaySteps: STEPS / 2, decayRate: 0.5 }), momentum }),
  ],
  [
    '--schedule exponential',
    sgd({
      learningRate: exponentialDecay({ initialLearningRate: 0.01, decaySteps: STEPS, decayRate: 0.9 }),
      momentum,
    }),
  ],
  [
    '--schedule cosine --learning-rate 0.02',
    sgd({ learningRate: cosineDecay({ initialLearningRate: 0.02, decaySteps: all }), momentum }),
  ],
  [
    '--schedule cosine --final-learning-rate 0.005 --warm-up 0.5',
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
  ['--warm-up 2', sgd({ learningRate: warmUp({ steps: 2 * STEPS, learningRate: 0.01 }), momentum })],
  [
    '--optimizer adam --schedule one-cycle',
    adam({ learningRate: oneCycle({ maxLearningRate: 0.001, totalSteps: all }) }),
  ],
  [
    '--schedule one-cycle --warm-up 1.5',
    sgd({ learningRate: oneCycle({ maxLearningRate: 0.01, totalSteps: all, increasingFraction: 0.5 }), momentum }),
  ],
];

describe('convoy train', () => {
  it.concurrent.each(cases)('%s', { timeout: 60_000 }, async (options, optimizer) => {
    const given = options.split(' ').filter((word) => word !== '');
    const done = await trained(...given);
    expect(done).toMatchObject(await programmed(optimizer));
  });

  it('learns nothing from options that are left at what they are', async () => {
    const plain = await trained();
    const spelled = await trained(
      ...'--optimizer sgd --learning-rate 0.01 --momentum 0.9 --weight-decay 0 --schedule constant'.split(' '),
    );
    expect(spelled.parametersSha256).toBe(plain.parametersSha256);
  });

  it('--label-smoothing is of the loss, in training and in the test', async () => {
    const expected = await programmed(sgd({ learningRate: 0.01, momentum }), { labelSmoothing: 0.1 });
    expect(await trained('--label-smoothing', '0.1')).toMatchObject(expected);
  });

  it('--average tests with the moving average, and saves it', async () => {
    const expected = await programmed(sgd({ learningRate: 0.01, momentum, averageDecay: 0.9 }), { weights: 'average' });
    const out = join(root, 'averaged');
    const done = await trained('--average', '0.9', '--report', '--out', out);
    expect(done).toMatchObject(expected);
    const { tensors } = await readSafetensors(join(out, 'weights.safetensors'));
    expect(sha256Of(tensors)).toBe(done.parametersSha256);
    expect(done.classReport.accuracy).toBeCloseTo(done.testAccuracy, 12);
  });

  it('--log writes a line an epoch, in either form', async () => {
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

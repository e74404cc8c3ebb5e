// Compares ten training steps of every model with PyTorch. golden/models.py made the losses.
import { readFileSync } from 'node:fs';
import { createDataset } from '@convoy/datasets';
import { createLearner, type Model, parametersOf, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { cifarCnn, lenet5, mobileNetSmall, resnet20, uNetSmall } from '@convoy/layers/zoo';
import { type Shape, sizeOf, Tensor } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { expect, test } from 'vitest';
import { draws, numbers } from './golden-numbers.ts';

interface Golden {
  /** The shape of one sample. */
  readonly input: Shape;
  readonly learningRate: number;
  /** The loss before each step. */
  readonly losses: readonly number[];
}

const golden: Readonly<Record<string, Golden>> = JSON.parse(
  readFileSync(new URL('golden/models.json', import.meta.url), 'utf8'),
);

// PyTorch normalizes whole batches.
const sync = true;
const models: Readonly<Record<string, (input: Shape) => Model>> = {
  lenet5: (input) => lenet5({ input }),
  cifarCnn: (input) => cifarCnn({ input }),
  resnet20: (input) => resnet20({ input, sync }),
  mobileNetSmall: (input) => mobileNetSmall({ input, sync }),
  uNetSmall: (input) => uNetSmall({ input, sync, classes: 3 }),
};

/** As in golden/models.py. */
const STEPS = 10;
const SAMPLES = 12;
const MOMENTUM = 0.9;
const loss = softmaxCrossEntropy();

/** Relative to each loss. */
const TOLERANCE = 1e-4;

const cases = Object.entries(models).map(([name, make]) => {
  const expected = golden[name] as Golden;
  const { input, learningRate } = expected;
  const model = make(input);
  const [classes = 0, ...shape] = model.output;
  const labels = draws('labels', sizeOf([SAMPLES, ...shape]), classes);
  return {
    name,
    expected,
    options: { model, loss, optimizer: sgd({ learningRate, momentum: MOMENTUM }), batchSize: SAMPLES },
    inputs: numbers('inputs', [SAMPLES, ...input], 1024),
    targets: { kind: 'labels', labels, classes, shape } as const,
    parameters: parametersOf(model)
      .filter(({ movingAverage }) => movingAverage === undefined)
      .map(({ name, shape }): [string, Tensor] => [name, initialValues(name, shape)]),
  };
});

test('every model of the script is here', () => {
  expect(Object.keys(models)).toEqual(Object.keys(golden));
});

test.each(cases)('$name has the losses of PyTorch on one thread', (given) => {
  const { options, parameters, inputs, targets, expected } = given;
  const learner = createLearner(options);
  learner.setParameters(parameters);
  const losses = Array.from({ length: STEPS }, () => learner.train(inputs, targets.labels).loss);
  expectNear(losses, expected);
});

test.each(cases)('$name has the losses of PyTorch on worker threads', async (given) => {
  const { options, parameters, inputs, targets, expected } = given;
  await using trainer = await createTrainer({ ...options, workers: 2 });
  trainer.setParameters(parameters);
  const batch = createDataset({ sampleShape: options.model.input, inputs: inputs.data, targets });
  const { epochs } = await trainer.fit(batch, { epochs: STEPS, shuffle: false });
  expectNear(
    epochs.map(({ scores }) => scores.loss),
    expected,
  );
});

/**
 * Kernels are within the greatest power of two that exceeds neither 1 nor He's limit √(6 / inputs), scales and offsets of normalization are
 * near 1, all other parameters near 0.
 */
function initialValues(name: string, shape: Shape): Tensor {
  if (!name.endsWith('.kernel')) {
    const { data } = numbers(name, shape, 1024, 1 / 8);
    const isNormalization = name.endsWith('.scale') || name.endsWith('.offset');
    return new Tensor(isNormalization ? data.map((number) => 1 + number) : data, shape);
  }
  let limit = 1;
  while (limit * limit * sizeOf(shape.slice(1)) > 6) limit /= 2;
  return numbers(name, shape, 1024, limit);
}

function expectNear(losses: readonly number[], expected: Golden): void {
  expect(losses).toHaveLength(expected.losses.length);
  for (const [step, loss] of expected.losses.entries()) {
    const difference = Math.abs((losses[step] as number) - loss) / loss;
    expect(difference, `step ${step}: ${losses[step]} and ${loss}`).toBeLessThanOrEqual(TOLERANCE);
  }
}

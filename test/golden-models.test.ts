// Ten steps of training every model against PyTorch's. golden/models.py made the losses.
import { readFileSync } from 'node:fs';
import { createDataset } from '@convoy/datasets';
import { cifarCnn, createLearner, lenet5, type Model, parametersOf, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { type Shape, sizeOf, Tensor } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { expect, test } from 'vitest';
import { draws, numbers } from './golden-numbers.ts';

interface Golden {
  /** Of each step, before it. */
  readonly losses: readonly number[];
}

const golden: Readonly<Record<string, Golden>> = JSON.parse(
  readFileSync(new URL('golden/models.json', import.meta.url), 'utf8'),
);

const models: Readonly<Record<string, () => Model>> = { lenet5, cifarCnn };

/** As in golden/models.py. */
const STEPS = 10;
const SAMPLES = 12;
const optimizer = sgd({ learningRate: 0.05, momentum: 0.9 });
const loss = softmaxCrossEntropy();

/** Of each loss, as a part of it. */
const TOLERANCE = 1e-4;

const cases = Object.entries(models).map(([name, make]) => {
  const model = make();
  const [classes = 0, ...places] = model.output;
  return {
    name,
    expected: golden[name] as Golden,
    model,
    classes,
    inputs: numbers('inputs', [SAMPLES, ...model.input], 1024),
    labels: draws('labels', sizeOf([SAMPLES, ...places]), classes),
    parameters: parametersOf(model).map(({ name, shape }): [string, Tensor] => [name, firstValues(name, shape)]),
  };
});

test('every model of the script is here', () => {
  expect(Object.keys(models)).toEqual(Object.keys(golden));
});

test.each(cases)('$name has the losses of PyTorch on one thread', ({ model, parameters, inputs, labels, expected }) => {
  const learner = createLearner({ model, loss, optimizer, batchSize: SAMPLES });
  learner.setParameters(parameters);
  const losses = Array.from({ length: STEPS }, () => learner.train(inputs, labels).loss);
  expectNear(losses, expected);
});

test.each(cases)('$name has the losses of PyTorch on worker threads', async (given) => {
  const { model, parameters, inputs, labels, classes, expected } = given;
  await using trainer = await createTrainer({ model, loss, optimizer, batchSize: SAMPLES, workers: 2 });
  trainer.setParameters(parameters);
  const targets = { kind: 'labels', labels, classes } as const;
  const batch = createDataset({ sampleShape: model.input, inputs: inputs.data, targets });
  const { epochs } = await trainer.fit(batch, { epochs: STEPS, shuffle: false });
  expectNear(
    epochs.map(({ scores }) => scores.loss),
    expected,
  );
});

/** Kernels within the greatest power of two that exceeds neither 1 nor He's limit √(6 / inputs); near 1 what scales, near 0 the rest. */
function firstValues(name: string, shape: Shape): Tensor {
  if (!name.endsWith('.kernel')) {
    const { data } = numbers(name, shape, 1024, 1 / 8);
    return new Tensor(name.endsWith('.scale') ? data.map((number) => 1 + number) : data, shape);
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

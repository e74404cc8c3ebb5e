// Losses and their gradients against PyTorch's. golden/losses.py made the numbers.
import { readFileSync } from 'node:fs';
import {
  createLearner,
  flatten,
  huber,
  type Loss,
  maxPool2d,
  meanAbsoluteError,
  meanSquaredError,
  sequential,
  sgd,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
} from '@convoy/layers';
import { Tensor } from '@convoy/tensor';
import { expect, test } from 'vitest';

interface Case {
  /** (11, ...shape) */
  readonly outputs: readonly number[];
  readonly targets: readonly number[];
  readonly loss: number;
  readonly gradient: readonly number[];
}

const golden: Readonly<Record<string, Case>> = JSON.parse(
  readFileSync(new URL('golden/losses.json', import.meta.url), 'utf8'),
);

const SAMPLES = 11;
const list = [4];
const image = [4, 2, 3];

const oneHot = { targets: 'oneHot' } as const;
const labelSmoothing = 0.1;
const classWeights = [0.5, 1, 2, 3];

const losses: Readonly<Record<string, readonly [Loss, shape: readonly number[]]>> = {
  'cross-entropy': [softmaxCrossEntropy(), list],
  'cross-entropy, smoothing': [softmaxCrossEntropy({ labelSmoothing }), list],
  'cross-entropy, weights': [softmaxCrossEntropy({ classWeights }), list],
  'cross-entropy, weights and smoothing': [softmaxCrossEntropy({ classWeights, labelSmoothing }), list],
  'cross-entropy, distributions': [softmaxCrossEntropy(oneHot), list],
  'cross-entropy, distributions, weights and smoothing': [
    softmaxCrossEntropy({ ...oneHot, classWeights, labelSmoothing }),
    list,
  ],
  'cross-entropy, pixels': [softmaxCrossEntropy(), image],
  'cross-entropy, pixels, all options': [
    softmaxCrossEntropy({ classWeights, labelSmoothing, ignoreLabel: 255 }),
    image,
  ],
  'cross-entropy, pixels, distributions': [softmaxCrossEntropy(oneHot), image],
  'binary cross-entropy': [sigmoidBinaryCrossEntropy(), list],
  'binary cross-entropy, positive weight': [sigmoidBinaryCrossEntropy({ positiveWeight: 2.5 }), list],
  'mean squared error': [meanSquaredError(), list],
  'mean absolute error': [meanAbsoluteError(), list],
  huber: [huber(), list],
  'huber, delta': [huber({ delta: 0.25 }), list],
};

test('every case of the script is here', () => {
  expect(Object.keys(losses)).toEqual(Object.keys(golden));
});

test.each(Object.entries(losses))('%s has the value and the gradient of PyTorch', (name, [loss, shape]) => {
  const { outputs, targets, ...expected } = golden[name] as Case;
  // Passes its input on.
  const model = sequential({ input: shape }, [shape.length === 1 ? flatten() : maxPool2d({ size: 1 })]);
  const learner = createLearner({ model, loss, optimizer: sgd({ learningRate: 0 }), batchSize: SAMPLES });
  const { scores, inputs } = learner.gradients(new Tensor(Float32Array.from(outputs), [SAMPLES, ...shape]), targets);
  expect(Math.abs(scores.loss / expected.loss - 1), `${scores.loss} and ${expected.loss}`).toBeLessThan(1e-6);
  const scale = Math.max(...expected.gradient.map(Math.abs));
  for (const [i, number] of expected.gradient.entries()) {
    const difference = Math.abs((inputs.data[i] as number) - number);
    expect(difference / scale, `index ${i}: ${inputs.data[i]} and ${number}`).toBeLessThan(1e-6);
  }
});

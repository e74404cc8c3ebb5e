// Dropout in training: the mask is a function of the seed, the step, the sample's position and the layer.
import * as reference from '@convoy/kernels/reference';
import { createLearner, dropout, type Learner, sequential, sgd, spatialDropout2d } from '@convoy/layers';
import { RandomStream, sizeOf } from '@convoy/tensor';
import { hashPurpose } from '@convoy/tensor/random';
import { expect, test } from 'vitest';
import { BATCH_SIZE, halfSum } from './conformance.ts';
import { expectClose, expectConvoyError } from './expectations.ts';
import { randomNumbers, tensorOf } from './numbers.ts';

const INPUT = [4, 3, 5];
const BATCH = 37;
const inputs = tensorOf(randomNumbers(BATCH * sizeOf(INPUT), 'inputs'), [BATCH, ...INPUT]);
const zeros = tensorOf(new Float64Array(BATCH * sizeOf(INPUT)), [BATCH, ...INPUT]);

const cases = [
  { layer: dropout({ rate: 0.3 }), name: 'dropout_1', channels: sizeOf(INPUT) },
  { layer: spatialDropout2d({ rate: 0.6, name: 'drop' }), name: 'drop', channels: 4 },
];

const learnerOf = (layer: ReturnType<typeof dropout>, seed: number): Learner =>
  createLearner({
    model: sequential({ input: INPUT }, [layer]),
    loss: halfSum(),
    optimizer: sgd({ learningRate: 0 }),
    batchSize: BATCH_SIZE,
    seed,
  });

test.each(cases)('$layer.type multiplies by a mask that changes with each step', ({ layer, name, channels }) => {
  const { rate } = layer.settings as { readonly rate: number };
  const shape = { cells: sizeOf(INPUT), channels, rate, layerKey: hashPurpose(name) };
  const learner = learnerOf(layer, 7);
  for (let step = 0; step < 3; step++) {
    const stream = new RandomStream(7, 'layers', step);
    const keys = Array.from({ length: BATCH }, (_, position) => stream.uint32(position));
    const y = reference.dropout(shape, Float64Array.from(inputs.data), keys);
    // With the loss ½ Σ y² / samples, the input gradient is mask · y / (1 − rate) / samples.
    const back = reference.dropout(shape, y, keys).map((g) => g / BATCH);
    expectClose(`gradient of step ${step}`, learner.gradients(inputs, zeros).inputs.data, back, 1e-6);
    const { loss } = learner.train(inputs, zeros);
    expect(loss).toBeCloseTo(y.reduce((sum, v) => sum + (v * v) / 2, 0) / BATCH, 4);
  }
});

test.each(cases)('$layer.type does nothing in prediction', ({ layer }) => {
  expect(learnerOf(layer, 7).predict(inputs)).toEqual(inputs);
});

test('each seed, layer and sample has its own mask', () => {
  const [{ layer }] = cases as [(typeof cases)[0]];
  const gradientsOf = (learner: Learner) => learner.gradients(inputs, zeros).inputs.data;
  const first = gradientsOf(learnerOf(layer, 1));
  expect(gradientsOf(learnerOf(layer, 1))).toEqual(first);
  expect(gradientsOf(learnerOf(layer, 2))).not.toEqual(first);
  expect(gradientsOf(learnerOf(dropout({ rate: 0.3, name: 'other' }), 1))).not.toEqual(first);
  const dropped = (sample: number) => Array.from(first.subarray(sample * 60, (sample + 1) * 60), (g) => g === 0);
  for (let sample = 1; sample < BATCH; sample++) expect(dropped(sample)).not.toEqual(dropped(0));
});

test('invalid rates are rejected', () => {
  expectConvoyError(() => dropout({ rate: 1 }), 'CONVOY_INVALID_OPTION', 'rate: 1');
  expectConvoyError(() => spatialDropout2d({ rate: -0.1 }), 'CONVOY_INVALID_OPTION', 'rate: -0.1');
});

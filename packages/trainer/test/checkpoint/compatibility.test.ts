import {
  adam,
  conv2d,
  cosineDecay,
  dense,
  flatten,
  heNormal,
  meanSquaredError,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
  tanh,
} from '@convoy/layers';
import { ConvoyError } from '@convoy/tensor';
import { describe, expect, it } from 'vitest';
import { assertSameRun } from '../../src/checkpoint/compatibility.ts';
import type { RunConfiguration } from '../../src/checkpoint/snapshot.ts';
import { throughBytes } from './bytes.ts';
import { configuration, snapshotOf } from './snapshots.ts';

const stored = (changes: Partial<RunConfiguration> = {}) => throughBytes(snapshotOf(1, changes)).configuration;

/** What the error says about the stored run, and about the current one. */
function mismatch(current: Partial<RunConfiguration>, before: Partial<RunConfiguration> = {}) {
  try {
    assertSameRun(stored(before), { ...configuration, ...current }, 'runs/step-000000001.safetensors');
  } catch (error) {
    if (!(error instanceof ConvoyError)) throw error;
    expect(error.code).toBe('CONVOY_CHECKPOINT_MISMATCH');
    const prefix = 'the checkpoint "runs/step-000000001.safetensors" of a run with ';
    expect(error.given.startsWith(prefix)).toBe(true);
    return [error.given.slice(prefix.length), error.expected.replace(', as the trainer and its data have', '')];
  }
  return undefined;
}

const model = (input: readonly number[], layers: Parameters<typeof sequential>[1]) => ({
  model: sequential({ input }, layers),
});
const edges = conv2d({ filters: 3, kernelSize: 3, name: 'edges' });

describe('assertSameRun', () => {
  it('accepts the same run, described again', () => {
    const { model: _, ...rest } = configuration;
    const again = model([1, 6, 6], [edges, relu(), flatten(), dense({ units: 4 })]);
    expect(mismatch({ ...rest, ...again })).toBeUndefined();
    expect(mismatch({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: false }) })).toBeUndefined();
  });

  it('accepts a function for a function, and nothing else for it', () => {
    const functional = { optimizer: sgd({ learningRate: (step) => 1 / (step + 1), momentum: 0.9 }) };
    expect(mismatch({ optimizer: sgd({ learningRate: () => 0.1, momentum: 0.9 }) }, functional)).toBeUndefined();
    expect(mismatch({}, functional)).toEqual(['optimizer, options.learningRate: "a function"', '0.1']);
    expect(mismatch(functional)).toEqual(['optimizer, options.learningRate: 0.1', '"a function"']);
  });

  it.each<[string, Partial<RunConfiguration>, string, string]>([
    ['input', model([2, 6, 6], [edges, relu(), flatten(), dense({ units: 4 })]), 'input[0]: 1', '2'],
    [
      'an option of a layer, before what follows from it',
      model([1, 6, 6], [conv2d({ filters: 5, kernelSize: 3, name: 'edges' }), relu(), flatten(), dense({ units: 4 })]),
      'layer "edges", options.filters: 3',
      '5',
    ],
    [
      'how the optimizer treats a layer',
      model(
        [1, 6, 6],
        [conv2d({ filters: 3, kernelSize: 3, name: 'edges', frozen: true }), relu(), flatten(), dense({ units: 4 })],
      ),
      'layer "edges", options.frozen: false',
      'true',
    ],
    [
      'an option inside an option',
      model([1, 6, 6], [edges, relu(), flatten(), dense({ units: 4, kernelInitializer: heNormal() })]),
      'layer "dense_1", options.kernelInitializer.type: "glorotUniform"',
      '"heNormal"',
    ],
    [
      'another layer',
      model([1, 6, 6], [edges, tanh(), flatten(), dense({ units: 4 })]),
      'layer "relu_1", name: "relu_1"',
      '"tanh_1"',
    ],
    [
      'another type under the same name',
      model([1, 6, 6], [edges, tanh({ name: 'relu_1' }), flatten(), dense({ units: 4 })]),
      'layer "relu_1", type: "relu"',
      '"tanh"',
    ],
    ['a layer less', model([1, 6, 6], [edges, relu(), flatten()]), 'layer "dense_1", name: "dense_1"', 'none'],
    [
      'a layer more',
      model([1, 6, 6], [edges, relu(), flatten(), dense({ units: 4 }), dense({ units: 2 })]),
      'layer "dense_2", name: none',
      '"dense_2"',
    ],
    ['loss', { loss: meanSquaredError() }, 'loss, type: "softmaxCrossEntropy"', '"meanSquaredError"'],
    ['optimizer', { optimizer: adam() }, 'optimizer, type: "sgd"', '"adam"'],
    [
      'an option of the optimizer',
      { optimizer: sgd({ learningRate: 0.1, momentum: 0.8 }) },
      'optimizer, options.momentum: 0.9',
      '0.8',
    ],
    [
      'an option of the optimizer that was not set',
      { optimizer: sgd({ learningRate: 0.1, momentum: 0.9, clipValue: 1 }) },
      'optimizer, options.clipValue: none',
      '1',
    ],
    [
      'a schedule in place of a number',
      { optimizer: sgd({ learningRate: cosineDecay({ initialLearningRate: 0.1, decaySteps: 9 }), momentum: 0.9 }) },
      'optimizer, options.learningRate: 0.1',
      '"cosineDecay"',
    ],
    ['metrics', { metrics: [] }, 'metrics[0]: "accuracy"', 'none'],
    ['batchSize', { batchSize: 64 }, 'batchSize: 32', '64'],
    ['shards', { shards: 2 }, 'shards: 4', '2'],
    ['seed', { seed: 8 }, 'seed: 7', '8'],
    ['shuffle', { shuffle: false }, 'shuffle: true', 'false'],
    ['samples', { samples: 999 }, 'samples: 1000', '999'],
  ])('tells the first difference: %s', (_, current, given, expected) => {
    expect(mismatch(current)).toEqual([given, expected]);
  });

  it('sees a difference in an option of the loss', () => {
    expect(mismatch({ loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }) })).toEqual([
      'loss, options.labelSmoothing: 0',
      '0.1',
    ]);
  });
});

// A model, engines and batches for tests of the engine.
import {
  accuracy,
  adamW,
  batchNorm1d,
  batchNorm2d,
  conv2d,
  dense,
  dropout,
  flatten,
  type Layer,
  relu,
  sequential,
  softmaxCrossEntropy,
} from '@convoy/layers';
import type { Batch } from '@convoy/layers/runtime';
import { sizeOf } from '@convoy/tensor';
import { EngineGroup, type EngineGroupOptions } from './engines.ts';
import { randomNumbers, tensorOf } from './numbers.ts';

export const CLASSES = 4;
export const BATCH = 48;

/** Draws random numbers, exchanges partials within a shard, keeps running statistics. */
export const model = sequential({ input: [2, 5, 4] }, [
  conv2d({ filters: 3, kernelSize: 3 }),
  batchNorm2d(),
  relu(),
  dropout({ rate: 0.25 }),
  flatten(),
  dense({ units: 6 }),
  batchNorm1d(),
  dense({ units: CLASSES }),
]);

/** 6 shards of one block, unless `maxShards` says otherwise. */
export const groupWith = (changes: Partial<EngineGroupOptions> = {}): EngineGroup =>
  new EngineGroup({
    ...{ model, loss: softmaxCrossEntropy(), metrics: [accuracy()], batchSize: BATCH },
    optimizer: adamW({ learningRate: 0.05, averageDecay: 0.75 }),
    ...changes,
  });

export const inputsFor = (samples: number, purpose: string | number = 0) =>
  tensorOf(randomNumbers(samples * sizeOf(model.input), `inputs ${purpose}`), [samples, ...model.input]);
export const labelsFor = (samples: number, shift = 0) =>
  Array.from({ length: samples }, (_, i) => (i * i + shift) % CLASSES);
export const batchFor = (group: EngineGroup, samples = BATCH, step = 0): Batch =>
  group.batchOf(inputsFor(samples, step), labelsFor(samples, step));

/** The last layers of a classifier. */
export const head = (): readonly Layer[] => [flatten(), dense({ units: CLASSES })];

// The shared memory that a trainer will take, computed without creating one.
import { batchNorm2d, conv2d, dense, flatten, memoryUse, sequential, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { expect, test } from 'vitest';
import { sharedMemoryUse } from '../src/index.ts';

const KIBIBYTE = 1024;
const PAGE = 64 * KIBIBYTE;

const model = (isNormalized: boolean) =>
  sequential({ input: [3, 16, 16] }, [
    conv2d({ filters: 8, kernelSize: 3 }),
    ...(isNormalized ? [batchNorm2d()] : []),
    flatten(),
    dense({ units: 10 }),
  ]);
const use = (workers: number, batchSize: number, isNormalized = false) =>
  sharedMemoryUse({
    ...{
      model: model(isNormalized),
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    },
    ...{ workers, batchSize },
  });

test('the total is the sum of the regions', () => {
  const { total, ...regions } = use(2, 64, true);
  expect(Object.values(regions).reduce((sum, bytes) => sum + bytes)).toBe(total);
  expect(total % PAGE).toBe(0);
});

test('there are two states, one gradient buffer per shard, and one workspace per worker', () => {
  const { state, gradients, workspace } = memoryUse(model(false), { loss: softmaxCrossEntropy() });
  for (const [workers, batchSize, shards] of [
    [1, 8, 1],
    [2, 64, 8],
    [3, 128, 16],
  ] as const) {
    const regions = use(workers, batchSize);
    expect(regions.state).toBe(2 * state);
    // The scores take a line of 64 bytes per shard, and a piece of an evaluation has up to 1024 shards; their sums take one line.
    expect(regions.gradients - shards * gradients).toBe(64 * KIBIBYTE + 64);
    expect(regions.workspaces - workers * workspace).toBeGreaterThanOrEqual(0);
    // The workspaces include the rest of the last page.
    expect(regions.workspaces - workers * workspace).toBeLessThan(PAGE + workers * KIBIBYTE);
  }
});

test('there is memory for exchanges only if a layer has one', () => {
  expect(use(2, 64, false).exchange).toBe(0);
  expect(use(2, 64, true).exchange).toBeGreaterThan(0);
});

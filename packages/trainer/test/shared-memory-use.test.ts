// What a trainer will take of memory, told beforehand.
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

test('the regions are all there is', () => {
  const { total, ...regions } = use(2, 64, true);
  expect(Object.values(regions).reduce((sum, bytes) => sum + bytes)).toBe(total);
  expect(total % PAGE).toBe(0);
});

test('there are two states, gradients for each shard, and workspaces for each worker', () => {
  const { state, gradients, workspace } = memoryUse(model(false), { loss: softmaxCrossEntropy() });
  for (const [workers, batchSize, shards] of [
    [1, 8, 1],
    [2, 64, 8],
    [3, 128, 16],
  ] as const) {
    const regions = use(workers, batchSize);
    expect(regions.state).toBe(2 * state);
    // Statistics of the loss take a line of 64 bytes a shard, of which a piece of an evaluation has up to 1024.
    expect(regions.gradients - shards * gradients).toBe(64 * KIBIBYTE);
    expect(regions.workspaces - workers * workspace).toBeGreaterThanOrEqual(0);
    // The rest of the last page belongs to them.
    expect(regions.workspaces - workers * workspace).toBeLessThan(PAGE + workers * KIBIBYTE);
  }
});

test('blocks tell each other something only where a layer asks for it', () => {
  expect(use(2, 64, false).exchange).toBe(0);
  expect(use(2, 64, true).exchange).toBeGreaterThan(0);
});

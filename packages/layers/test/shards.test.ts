// How mini-batches are divided into shards.
import { shardBatch } from '@convoy/layers/compile';
import { activeShards } from '@convoy/layers/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test.each([
  [1, { shards: 1, blocksPerShard: 1 }],
  [8, { shards: 1, blocksPerShard: 1 }],
  [9, { shards: 2, blocksPerShard: 1 }],
  [64, { shards: 8, blocksPerShard: 1 }],
  [128, { shards: 16, blocksPerShard: 1 }],
  [129, { shards: 9, blocksPerShard: 2 }],
  [200, { shards: 13, blocksPerShard: 2 }],
  [512, { shards: 16, blocksPerShard: 4 }],
])('a batch of %i', (batchSize, expected) => {
  expect(shardBatch(batchSize)).toEqual({ batchSize, ...expected });
});

const batches = fc.record({
  batchSize: fc.integer({ min: 1, max: 5000 }),
  maxShards: fc.integer({ min: 1, max: 40 }),
});

test('shards hold the whole batch, none is empty, and fewer blocks per shard would be too few', () => {
  fc.assert(
    fc.property(batches, ({ batchSize, maxShards }) => {
      const { shards, blocksPerShard } = shardBatch(batchSize, maxShards);
      const blocks = Math.ceil(batchSize / 8);
      expect(shards).toBeLessThanOrEqual(maxShards);
      expect(shards * blocksPerShard).toBeGreaterThanOrEqual(blocks);
      expect((shards - 1) * blocksPerShard).toBeLessThan(blocks);
      expect(maxShards * (blocksPerShard - 1)).toBeLessThan(blocks);
    }),
  );
});

test('a smaller batch fills the first shards in the same way as a full one', () => {
  fc.assert(
    fc.property(batches, fc.nat(), ({ batchSize, maxShards }, n) => {
      const sharding = shardBatch(batchSize, maxShards);
      const samples = 1 + (n % batchSize);
      const active = activeShards(sharding, samples);
      const shardSamples = 8 * sharding.blocksPerShard;
      expect(active).toBeLessThanOrEqual(sharding.shards);
      expect(active * shardSamples).toBeGreaterThanOrEqual(samples);
      expect((active - 1) * shardSamples).toBeLessThan(samples);
    }),
  );
  const full = shardBatch(200);
  expect(activeShards(full, 200)).toBe(full.shards);
});

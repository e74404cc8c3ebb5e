// What all ops have in common: bounded memory, a bounded cache, new results, and threads that do not disturb each
// other.
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { pointwise, relu } from '@convoy/kernels';
import { describe, expect, test } from 'vitest';
import * as ops from '../../src/index.ts';
import { full, Tensor, zeros } from '../../src/index.ts';
import { call } from '../../src/ops/call.ts';
import { Engine, engine } from '../../src/ops/engine.ts';
import { shared } from '../../src/ops/routine.ts';
import { expectTensor, random, withCode } from './numbers.ts';
import type { OpWorkerData } from './op-worker.ts';

/** Every op on samples of a few shapes. */
function mixedCalls(): readonly (() => Tensor)[] {
  const x = random([11, 3, 12, 10], 1, 'x');
  const kernel = random([5, 3, 3, 3], 1, 'kernel');
  const features = random([13, 20], 1, 'features');
  const weights = random([6, 20], 1, 'weights');
  const y = ops.conv2d(x, kernel);
  const pooled = ops.maxPool2d(x, { size: 2 });
  const units = ops.dense(features, weights);
  const labels = new Uint8Array(13).fill(3);
  return [
    () => ops.conv2d(x, kernel),
    () => ops.conv2d(x.slice(0, 2), kernel, zeros([5]), { padding: 'same' }),
    () => ops.conv2dInputGradient(x.shape, kernel, y),
    () => ops.conv2dWeightGradient(x, kernel.shape, y),
    () => ops.conv2dBiasGradient(y),
    () => ops.maxPool2d(x, { size: 2 }),
    () => ops.maxPool2dInputGradient(x, pooled, { size: 2 }),
    () => ops.avgPool2d(x, { size: 3, strides: 1 }),
    () => ops.avgPool2dInputGradient(x.shape, pooled, { size: 2 }),
    () => ops.dense(features, weights),
    () => ops.denseInputGradient(weights, units),
    () => ops.denseWeightGradient(features, units),
    () => ops.matmul(units, weights),
    () => ops.matmulLeftGradient(weights, features),
    () => ops.matmulRightGradient(features, units),
    () => ops.sigmoid(x),
    () => ops.tanhGradient(x, x),
    () => ops.softmaxCrossEntropy(features, labels).gradient,
    () => ops.meanSquaredError(x, x).gradient,
  ];
}

describe('memory', () => {
  test('is flat over 2000 calls of mixed shapes', () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    const calls = mixedCalls();
    const rounds = (count: number) => {
      for (let i = 0; i < count; i++) (calls[i % calls.length] as () => Tensor)();
      // The second collection waits until the memory that the first one found has been freed.
      collectGarbage();
      collectGarbage();
      const { heapUsed, external } = process.memoryUsage();
      return { engine: engine.bytes, routines: engine.routines, used: heapUsed + external };
    };
    const before = rounds(5 * calls.length);
    const after = rounds(2000);
    expect(after.engine).toBe(before.engine);
    expect(after.routines).toBe(before.routines);
    // The 2000 results are 14 MB.
    expect(after.used - before.used).toBeLessThan(5e6);
  });

  test('does not depend on the number of samples', () => {
    const kernel = full([1, 2, 3, 3], 1);
    ops.conv2d(full([8, 2, 16, 16], 1), kernel);
    const { bytes } = engine;
    expect(ops.conv2d(full([4000, 2, 16, 16], 1), kernel).data.every((value) => value === 18)).toBe(true);
    expect(engine.bytes).toBe(bytes);
  });

  test('grows for a larger sample, and earlier routines stay correct', () => {
    const [small, large] = [full([1, 1, 4, 4], 2), full([1, 1, 700, 700], 2)];
    const before = ops.maxPool2d(small, { size: 2 });
    const { bytes } = engine;
    expect(ops.maxPool2d(large, { size: 2 }).data.every((value) => value === 2)).toBe(true);
    expect(engine.bytes).toBeGreaterThan(bytes);
    expect(ops.maxPool2d(small, { size: 2 })).toEqual(before);
  });

  test('running out of memory is a ConvoyError, and the next op works', () => {
    const own = new Engine(4);
    const define = (size: number) => () => ({
      inputs: { x: shared(size) },
      outputs: { y: shared(size) },
      calls: [call(pointwise(1, relu), { x: 'x', y: 'y' })],
    });
    const run = (size: number) => own.run(['relu', size], 1, { x: Float32Array.of(-1, 2) }, define(size));
    expect(() => run(2 ** 30)).toThrow(withCode('CONVOY_OUT_OF_MEMORY'));
    expect(() => run(2 ** 30)).toThrow('Given an operation that needs 8 GiB; expected no more than');
    expect([...run(8).y]).toEqual([0, 2, 0, 0, 0, 0, 0, 0]);
  });
});

describe('cache', () => {
  test('keeps no more routines than its limit', () => {
    const own = new Engine(3);
    const run = (size: number) =>
      own.run(['relu', size], 1, { x: new Float32Array(8 * size).fill(size) }, () => ({
        inputs: { x: shared(8 * size) },
        outputs: { y: shared(8 * size) },
        calls: [call(pointwise(size, relu), { x: 'x', y: 'y' })],
      }));
    for (let size = 1; size <= 12; size++) {
      expect([...run(size).y]).toEqual(Array(8 * size).fill(size));
      expect(own.routines).toBe(Math.min(size, 3));
    }
  });

  test('ops stay correct over more shapes than the cache holds', () => {
    for (let features = 1; features <= 300; features++) {
      expectTensor(ops.dense(full([1, features], 1), full([1, features], 2)), [1, 1], [2 * features]);
    }
    expect(engine.routines).toBe(256);
    expectTensor(ops.dense(full([1, 1], 1), full([1, 1], 2)), [1, 1], [2]);
  });

  test('one routine serves batches of any size', () => {
    const run = (batch: number) => ops.dense(full([batch, 5], 1), full([2, 5], 1));
    run(1);
    const { routines } = engine;
    for (const batch of [2, 8, 9, 100]) expectTensor(run(batch), [batch, 2], Array(2 * batch).fill(5));
    expect(engine.routines).toBe(routines);
  });
});

describe('results', () => {
  test('are new, each in an ArrayBuffer of exactly its size', () => {
    const results = mixedCalls().map((call) => ({ call, result: call() }));
    for (const { call, result } of results) {
      const { buffer, byteLength } = result.data;
      expect(buffer).toBeInstanceOf(ArrayBuffer);
      expect(buffer.byteLength).toBe(byteLength);
      const copy = result.clone();
      const again = call();
      expect(again.data.buffer).not.toBe(buffer);
      again.data.fill(Number.NaN);
      expect(result).toEqual(copy);
    }
  });

  test('do not change the operands', () => {
    const [x, kernel] = [random([3, 2, 6, 6], 1, 'x'), random([2, 2, 3, 3], 1, 'kernel')];
    const copies = [x.clone(), kernel.clone()];
    ops.conv2d(x, kernel).data.fill(7);
    ops.relu(x).data.fill(7);
    ops.softmaxCrossEntropy(x.reshape([18, 12]), new Uint8Array(18)).gradient.data.fill(7);
    ops.meanSquaredError(x, x).gradient.data.fill(7);
    ops.conv2dInputGradient(x.shape, kernel, zeros([3, 2, 4, 4])).data.fill(7);
    expect([x, kernel]).toEqual(copies);
  });

  test('accept operands in shared memory or inside a larger buffer', () => {
    const plain = random([9, 2, 6, 6], 1, 'x');
    const buffer = new SharedArrayBuffer(4 * plain.size + 400);
    const inside = new Tensor(new Float32Array(buffer, 100, plain.size), plain.shape);
    inside.data.set(plain.data);
    expect(ops.maxPool2d(inside, { size: 2 })).toEqual(ops.maxPool2d(plain, { size: 2 }));
  });
});

test('threads compute at the same time without disturbing each other', async () => {
  const [x, kernel] = [random([32, 3, 20, 20], 1, 'x'), random([8, 3, 3, 3], 1, 'kernel')];
  const start = (rounds: number) => {
    const workerData: OpWorkerData = { x, kernel, rounds };
    const worker = new Worker(new URL('./op-worker.ts', import.meta.url), { workerData });
    return once(worker, 'message') as Promise<[Float32Array]>;
  };
  const results = await Promise.all([start(20), start(20), start(20)]);
  const expected = ops.conv2d(x, kernel).data;
  for (const [result] of results) expect(result).toEqual(expected);
});

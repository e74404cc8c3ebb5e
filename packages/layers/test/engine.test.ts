// What an engine promises: the bits do not depend on which engine computes what, and a step reads one copy of the training state and writes the
// other.
import { conv2d, dense, dropout, flatten, groupNorm, relu, sequential } from '@convoy/layers';
import type { Batch } from '@convoy/layers/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BATCH, batchFor, CLASSES, groupWith, head, model } from './engine-cases.ts';
import { bitsOf, CONTROL_BYTES, type EngineGroup } from './engines.ts';

describe('engines that share a batch', () => {
  const STEPS = 3;

  /** The bits of the state and the scores after some steps; `compute` computes all shards of a batch. */
  function trained(group: EngineGroup, compute: (batch: Batch, shards: number, step: number) => void) {
    return Array.from({ length: STEPS }, (_, step) => {
      const batch = batchFor(group, BATCH - 3 * step, step);
      const shards = group.shardsOf(batch);
      group.enterStep();
      compute(batch, shards, step);
      group.finishStep(shards);
      return { state: group.stateBits(), scores: group.engine().stepScores(shards).slice() };
    });
  }

  describe.each([
    { what: 'one block', maxShards: 16, shards: 6 },
    { what: 'two blocks', maxShards: 3, shards: 3 },
  ])('in shards of $what', ({ maxShards, shards }) => {
    const alone = groupWith({ maxShards });
    const expected = trained(alone, (batch, shards) => alone.engine().computeShards(batch, 0, shards));

    test('are compared over several shards', () => expect(alone.sharding.shards).toBe(shards));

    test('compute the bits of one engine, whichever of them computes a shard, in any order', () => {
      const assignments = fc.array(fc.record({ order: fc.nat(), rank: fc.nat({ max: 1 }) }), {
        minLength: STEPS * shards,
        maxLength: STEPS * shards,
      });
      fc.assert(
        fc.property(assignments, (choices) => {
          const group = groupWith({ maxShards, engines: 2 });
          const found = trained(group, (batch, active, step) => {
            const own = choices
              .slice(step * shards, step * shards + active)
              .map((choice, shard) => ({ ...choice, shard }));
            for (const { shard, rank } of own.toSorted((a, b) => a.order - b.order)) {
              group.engine(rank).computeShards(batch, shard, shard + 1);
            }
          });
          expect(found).toEqual(expected);
        }),
        { numRuns: 12 },
      );
    });

    test.each([2, 3])('compute the bits of one engine, every %ith shard each', (engines) => {
      const group = groupWith({ maxShards, engines });
      const found = trained(group, (batch, active) => {
        for (const [rank, engine] of group.engines.entries()) engine.computeShards(batch, rank, active, engines);
      });
      expect(found).toEqual(expected);
    });

    test('compute the bits of one engine, although a shard was computed twice', () => {
      const group = groupWith({ maxShards, engines: 2 });
      const found = trained(group, (batch, active) => {
        group.engine(1).computeShards(batch, 0, active);
        group.engine(0).computeShards(batch, 0, active);
      });
      expect(found).toEqual(expected);
    });
  });

  test.each(['forward', 'loss', 'backward'])(
    'do not disturb each other: one computes shards while another is at %s',
    (at) => {
      const alone = groupWith();
      const expected = trained(alone, (batch, shards) => alone.engine().computeShards(batch, 0, shards));
      let pending: (() => void) | undefined;
      const enter = (activity: string) => {
        if (activity !== at) return;
        const interrupt = pending;
        pending = undefined;
        interrupt?.();
      };
      const group = groupWith({ engines: 2, hooks: { enter } });
      const found = trained(group, (batch, shards) => {
        pending = () => group.engine(1).computeShards(batch, 1, shards, 2);
        group.engine(0).computeShards(batch, 0, shards, 2);
        expect(pending).toBeUndefined();
      });
      expect(found).toEqual(expected);
    },
  );

  test('differ from one engine where a shard is left out', () => {
    const alone = groupWith();
    const expected = trained(alone, (batch, shards) => alone.engine().computeShards(batch, 0, shards));
    const group = groupWith({ engines: 2 });
    const found = trained(group, (batch, shards) => group.engine().computeShards(batch, 0, shards - 1));
    expect(found).not.toEqual(expected);
  });

  test('can run deferrable calls of each other', () => {
    const plain = sequential({ input: model.input }, [
      conv2d({ filters: 3, kernelSize: 3 }),
      groupNorm({ groups: 3 }),
      relu(),
      flatten(),
      dense({ units: CLASSES }),
    ]);
    const alone = groupWith({ model: plain, batchSize: 8, assisted: true });
    alone.computeGradients(batchFor(alone, 8));
    const group: EngineGroup = groupWith({
      ...{ model: plain, batchSize: 8, assisted: true, engines: 2 },
      hooks: {
        backward: (shard) => {
          const [assistant, leader] = group.engines as [(typeof group.engines)[0], (typeof group.engines)[0]];
          for (const { calls, isDeferrable } of leader.backwardCalls()) if (!isDeferrable) leader.runCalls(calls);
          assistant.enterBlockOf(1, shard);
          for (const { calls, isDeferrable } of assistant.backwardCalls()) if (isDeferrable) assistant.runCalls(calls);
        },
      },
    });
    group.enterStep();
    group.engine(1).computeShards(batchFor(group, 8), 0, 1);
    expect(group.gradientBits(1)).toEqual(alone.gradientBits(1));
    expect(group.gradientBits(1).some((bits) => bits !== 0)).toBe(true);
  });
});

describe('a step', () => {
  const STEPS = 4;
  const undisturbed = groupWith();
  const expected = Array.from({ length: STEPS }, (_, step) => {
    undisturbed.train(batchFor(undisturbed, BATCH, step));
    return undisturbed.stateBits();
  });

  test('reads the current copy of the state, and writes the other one', () => {
    const group = groupWith();
    for (let step = 0; step < STEPS; step++) {
      const current = group.stateBits();
      group.stateAfter(step + 1).fill(Number.NaN);
      group.train(batchFor(group, BATCH, step));
      expect(bitsOf(group.stateAfter(step))).toEqual(current);
      expect(group.stateBits()).toEqual(expected[step]);
    }
  });

  test('can be given up anywhere and repeated', () => {
    const group = groupWith({ engines: 2 });
    for (let step = 0; step < STEPS; step++) {
      const batch = batchFor(group, BATCH, step);
      const shards = group.shardsOf(batch);
      group.enterStep();
      group.engine(1).computeShards(batchFor(group, BATCH, 99), 0, shards - step);
      if (step % 2 === 1) group.engine(1).update(1, 2, shards, [9, 9, 9, 9, 9, 9, 9, 9]);
      group.train(batch);
      expect(group.stateBits()).toEqual(expected[step]);
    }
  });

  test('draws other random numbers than the step before, and the same when it is repeated', () => {
    const group = groupWith({ model: sequential({ input: model.input }, [dropout({ rate: 0.5 }), ...head()]) });
    const batch = batchFor(group);
    const gradientsOf = (step: number) => {
      for (const engine of group.engines) engine.enterStep(step);
      group.engine().computeShards(batch, 0, 6);
      return group.gradientBits(6);
    };
    // Steps 0 and 2 read the same copy of the state.
    const first = gradientsOf(0);
    expect(gradientsOf(2)).not.toEqual(first);
    expect(gradientsOf(0)).toEqual(first);
  });

  test('leaves memory alone that belongs to no engine', () => {
    const control = undisturbed.floats.subarray(0, CONTROL_BYTES / 4);
    expect(control.every((word) => word === 0)).toBe(true);
  });
});

// What an engine promises: the bits do not depend on which engine computes what, and a step reads one copy of the training state and writes the
// other.
import {
  accuracy,
  adamW,
  batchNorm1d,
  batchNorm2d,
  conv2d,
  createLearner,
  dense,
  dropout,
  flatten,
  groupNorm,
  relu,
  sequential,
  softmaxCrossEntropy,
} from '@convoy/layers';
import type { Batch } from '@convoy/layers/runtime';
import { sizeOf } from '@convoy/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitsOf, CONTROL_BYTES, EngineGroup, type EngineGroupOptions } from './engines.ts';
import { randomNumbers, tensorOf } from './numbers.ts';

const CLASSES = 4;
const BATCH = 48;

/** Draws random numbers, exchanges partials within a shard, keeps running statistics. */
const model = sequential({ input: [2, 5, 4] }, [
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
const groupWith = (changes: Partial<EngineGroupOptions> = {}): EngineGroup =>
  new EngineGroup({
    ...{ model, loss: softmaxCrossEntropy(), metrics: [accuracy()], batchSize: BATCH },
    optimizer: adamW({ learningRate: 0.05, averageDecay: 0.75 }),
    ...changes,
  });

const inputsFor = (samples: number, purpose: string | number = 0) =>
  tensorOf(randomNumbers(samples * sizeOf(model.input), `inputs ${purpose}`), [samples, ...model.input]);
const labelsFor = (samples: number, shift = 0) => Array.from({ length: samples }, (_, i) => (i * i + shift) % CLASSES);
const batchFor = (group: EngineGroup, samples = BATCH, step = 0): Batch =>
  group.batchOf(inputsFor(samples, step), labelsFor(samples, step));

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

describe('evaluation and prediction', () => {
  const plain = sequential({ input: model.input }, [conv2d({ filters: 3, kernelSize: 3 }), relu(), ...head()]);
  const SAMPLES = 45;

  /** After three steps the current copy is the second one; the first one is lost. */
  function trainedGroup(changes: Partial<EngineGroupOptions> = {}): EngineGroup {
    const group = groupWith({ model: plain, ...changes });
    for (let step = 0; step < 3; step++) group.train(batchFor(group, BATCH, step));
    group.stateAfter(group.step + 1).fill(Number.NaN);
    group.enterStep();
    return group;
  }

  const predictionsOf = (group: EngineGroup, array: number): Float32Array => {
    const outputs = new Float32Array(SAMPLES * CLASSES);
    const batch = batchFor(group, SAMPLES, 7);
    for (let position = 0; position < SAMPLES; position += 8) {
      group.engine().predictBlock(batch, position, outputs, array);
    }
    return outputs;
  };

  test('scoreShard computes the scores of training with the current copy of the state', () => {
    const group = trainedGroup({ scoreLines: 20 });
    const batch = batchFor(group, SAMPLES, 7);
    group.computeGradients(batch);
    const expected = group.scoreLines(0, 6);
    const [state, gradients] = [group.stateBits(), group.gradientBits(6)];
    // In any order, into any lines.
    for (const shard of [4, 0, 5, 1, 3, 2]) group.engine().scoreShard(batch, shard, 7 + shard, 0);
    expect(group.scoreLines(7, 6)).toEqual(expected);
    expect(expected.every(([loss]) => (loss as number) > 0)).toBe(true);
    expect([group.stateBits(), group.gradientBits(6)]).toEqual([state, gradients]);
    expect(group.scoreLines(0, 6)).toEqual(expected);
  });

  test('scoreShard replaces what its line holds', () => {
    const group = trainedGroup({ scoreLines: 20 });
    const batch = batchFor(group, SAMPLES, 7);
    group.engine().scoreShard(batch, 2, 9, 0);
    const [expected] = group.scoreLines(9, 1);
    group.engine().scoreShard(batch, 3, 9, 0);
    group.engine().scoreShard(batch, 2, 9, 0);
    expect(group.scoreLines(9, 1)).toEqual([expected]);
  });

  test('predictBlock computes the outputs of a learner after the same steps', () => {
    const group = trainedGroup();
    const { optimizer, loss } = {
      optimizer: adamW({ learningRate: 0.05, averageDecay: 0.75 }),
      loss: softmaxCrossEntropy(),
    };
    const learner = createLearner({ model: plain, loss, optimizer, batchSize: BATCH, seed: 3 });
    for (let step = 0; step < 3; step++) learner.train(inputsFor(BATCH, step), labelsFor(BATCH, step));
    expect(predictionsOf(group, 0)).toEqual(learner.predict(inputsFor(SAMPLES, 7)).data);
  });

  test('predictBlock writes the rows of its samples only', () => {
    const group = trainedGroup();
    const expected = predictionsOf(group, 0);
    const outputs = new Float32Array(SAMPLES * CLASSES).fill(-1);
    group.engine().predictBlock(batchFor(group, SAMPLES, 7), 40, outputs, 0);
    expect(outputs.subarray(0, 40 * CLASSES).every((y) => y === -1)).toBe(true);
    expect(outputs.subarray(40 * CLASSES)).toEqual(expected.subarray(40 * CLASSES));
  });

  test('both take a slot of the optimizer in place of the parameters', () => {
    const group = trainedGroup({ scoreLines: 20 });
    const array = 1 + group.plan.slots.indexOf('average');
    const averages = trainedGroup({ scoreLines: 20 });
    averages.state.setParameters(group.state.copies(array));
    const predicted = predictionsOf(group, array);
    expect(predicted).toEqual(predictionsOf(averages, 0));
    expect(predicted).not.toEqual(predictionsOf(group, 0));
    group.engine().scoreShard(batchFor(group), 1, 8, array);
    averages.engine().scoreShard(batchFor(averages), 1, 8, 0);
    expect(group.scoreLines(8, 1)).toEqual(averages.scoreLines(8, 1));
  });

  test('any engine computes them', () => {
    const group = trainedGroup({ engines: 2, scoreLines: 20 });
    const batch = batchFor(group);
    for (const [rank, engine] of group.engines.entries()) engine.scoreShard(batch, 2, 10 + rank, 0);
    const [first, second] = group.scoreLines(10, 2);
    expect(second).toEqual(first);
  });
});

describe('hooks', () => {
  const plain = sequential({ input: model.input }, [relu(), ...head()]);
  const options = { model: plain, batchSize: 16, maxShards: 1 };

  test('tell passes, complete blocks and calls in their order', () => {
    const events: unknown[] = [];
    const kernels: [kernel: number, running: number][] = [];
    const running = new Int32Array(1);
    const group: EngineGroup = groupWith({
      ...options,
      hooks: {
        running,
        times: new Float64Array(100),
        enter: (activity) => events.push(activity),
        finish: (_, position, samples) => events.push([position, samples]),
        visit: ({ kernel }) => kernels.push([kernel, running[0] as number]),
      },
    });
    group.enterStep();
    group.engine().computeShards(batchFor(group, 13), 0, 1);
    const passes = ['gather', 'forward', 'loss', 'backward'];
    expect(events).toEqual([...passes, [0, 8], ...passes, [8, 5]]);
    const { stages = [] } = group.plan.training[0] ?? {};
    const calls = stages.flatMap((stage) => stage.calls);
    expect(kernels.map(([kernel]) => kernel)).toEqual([...calls, ...calls].map(({ kernel }) => kernel));
    // `running` holds the kernel that runs; in later blocks that is the one which accumulates.
    const ran = [...calls.map(({ kernel }) => kernel), ...calls.map(({ laterKernel }) => laterKernel)];
    expect(kernels.map(([, number]) => number)).toEqual(ran);
  });

  test('change no bits', () => {
    const silent = groupWith(options);
    const hooks = { running: new Int32Array(1), times: new Float64Array(100), enter() {}, finish() {}, visit() {} };
    const observed = groupWith({ ...options, hooks });
    for (const group of [silent, observed]) group.train(batchFor(group, 13));
    expect(observed.stateBits()).toEqual(silent.stateBits());
    expect(hooks.times.some((milliseconds) => milliseconds > 0)).toBe(true);
  });

  test.each([{ isAlone: false }, { isAlone: true }])(
    'make engines meet at each exchange of the batch: alone $isAlone',
    ({ isAlone }) => {
      const synchronized = sequential({ input: model.input }, [batchNorm2d({ sync: true }), ...head()]);
      let meetings = 0;
      const hooks = { isAlone, meet: () => meetings++ };
      const group = groupWith({ model: synchronized, hooks });
      expect(group.engine().exchangesBatch).toBe(true);
      expect(groupWith().engine().exchangesBatch).toBe(false);
      group.train(batchFor(group));
      const exchanges = group.plan.training.filter(({ exchange }) => exchange?.scope === 'batch');
      expect(meetings).toBe(exchanges.length);
      expect(meetings).toBeGreaterThan(0);
    },
  );
});

function head() {
  return [flatten(), dense({ units: CLASSES })];
}

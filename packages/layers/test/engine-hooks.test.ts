// The hooks of an engine: what it reports while it computes shards, and where engines meet.
import { batchNorm2d, relu, sequential } from '@convoy/layers';
import { describe, expect, test } from 'vitest';
import { batchFor, groupWith, head, model } from './engine-cases.ts';
import type { EngineGroup } from './engines.ts';

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

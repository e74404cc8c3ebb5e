// What callbacks are, return, set and throw: checked where it enters the fit, with the callback and its member in the message.
import { AssertionError } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { ConvoyError, tensor } from '@convoy/tensor';
import { type Callback, createTrainer, type Run, stopWhen, type Trainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { expectSameParameters } from './expectations.ts';
import { expectRefusal } from './refusal.ts';
import { learnedFor } from './single-thread.ts';
import { points, regression } from './small-cases.ts';

const data = points(64);

async function fitting(callback: unknown, epochs = 2): Promise<Trainer> {
  const trainer = await createTrainer({ ...regression, workers: 1 });
  try {
    await trainer.fit(data, { epochs, callbacks: [callback as Callback] });
    return trainer;
  } finally {
    await trainer.dispose();
  }
}

const refused = (callback: unknown, given: RegExp, code: ConvoyError['code'] = 'CONVOY_INVALID_OPTION') =>
  expectRefusal(fitting(callback), code, given);

describe('the members of a callback', () => {
  it.each([
    [{ onEpochend() {} }, /^callbacks\[0\]\.onEpochend, /, 'Did you mean onEpochEnd?'],
    [{ on_epoch_end() {} }, /^callbacks\[0\]\.on_epoch_end, /, 'Use onEpochEnd.'],
    [{ onTrainBegin() {} }, /^callbacks\[0\]\.onTrainBegin, /, 'Use onStart.'],
    [{ losses: [] }, /^callbacks\[0\]\.losses, /, 'Leave it out'],
    [
      new (class {
        onEpochend() {}
      })(),
      /^callbacks\[0\]\.onEpochend, /,
      'Did you mean onEpochEnd?',
    ],
    [
      new (class extends class {
        onprogress() {}
      } {})(),
      /^callbacks\[0\]\.onprogress, /,
      'Did you mean onProgress?',
    ],
    [{ onStart: 5 }, /^callbacks\[0\]\.onStart: 5$/, 'function'],
    [{ onEpochEnd: null }, /^callbacks\[0\]\.onEpochEnd: null$/, 'function'],
    [{ name: 5 }, /^callbacks\[0\]\.name: 5$/, 'text'],
    [{ skipsFastDevRun: 'yes' }, /^callbacks\[0\]\.skipsFastDevRun: "yes"$/, 'values'],
  ])('%j is refused', async (callback, given, fix) => {
    expect((await refused(callback, given)).fix).toContain(fix);
  });

  it('may be those of a class, which has other members too', async () => {
    class Counter {
      count = 0;
      onEpochEnd() {
        this.add();
      }
      add() {
        this.count++;
      }
      once() {}
    }
    const counter = new Counter();
    await fitting(counter);
    expect(counter.count).toBe(2);
  });
});

describe('everySteps', () => {
  it.each([-1, -0.5, 0.5, 1e-320, 0, Number.NaN, Number.POSITIVE_INFINITY, '2', null, 2 ** 31])(
    '%j is refused before the first step',
    async (everySteps) => {
      await refused({ everySteps, onSteps() {} }, /^callbacks\[0\]\.everySteps: /);
    },
  );

  it('is also checked when a callback changes it', async () => {
    let everySteps: unknown = 1;
    const callback = {
      get everySteps() {
        return everySteps;
      },
      onSteps() {
        everySteps = -1;
      },
    };
    await refused(callback, /^callbacks\[0\]\.everySteps: -1$/);
  });
});

describe('what a callback sets on its run', () => {
  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 1e39, '0.5', null, {}])(
    'learningRateFactor: %j is refused',
    async (factor) => {
      const callback = {
        onEpochEnd(_: unknown, run: Run) {
          run.learningRateFactor = factor as number;
        },
      };
      await refused(callback, /^run\.learningRateFactor in callbacks\[0\]\.onEpochEnd: /);
    },
  );

  it('a factor that makes the learning rate larger than float32 is refused', async () => {
    const callback: Callback = {
      onEpochEnd(_, run) {
        run.learningRateFactor = 3e38;
      },
    };
    await using trainer = await createTrainer({
      ...regression,
      optimizer: { ...regression.optimizer, settings: { ...regression.optimizer.settings, learningRate: 1e10 } },
      workers: 1,
      stopOnNonFinite: false,
    });
    const running = trainer.fit(data, { epochs: 2, callbacks: [callback] });
    await expectRefusal(running, 'CONVOY_INVALID_OPTION', /learningRate/);
  });

  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  it.each([5, null, '', cyclic, { toString: 1 }])('the reason %s to stop is refused', async (reason) => {
    await refused(
      { onStart: (run: Run) => run.stop(reason as string) },
      /^run\.stop\(reason\) in callbacks\[0\]\.onStart: /,
    );
  });

  it('records that a callback changes are a copy', async () => {
    const callback: Callback = {
      onEpochEnd(_, run) {
        (run.records as unknown[]).length = 0;
      },
    };
    const trainer = await fitting(callback, 3);
    expect(trainer.step).toBe(12);
  });

  it('parameters are refused unless they are pairs of names and tensors', async () => {
    const setting = (parameters: unknown) => ({ onStart: (run: Run) => run.setParameters(parameters as []) });
    await refused(setting({ kernel: tensor([1]) }), /as parameters$/, 'CONVOY_INVALID_DATA');
    await refused(setting([['x', tensor([1])]]), /'x'/, 'CONVOY_UNKNOWN_NAME');
  });

  it('cannot be set or copied while the workers run, or after the fit', async () => {
    const errors: unknown[] = [];
    let kept: Run | undefined;
    const attempt = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        errors.push(error);
      }
    };
    const callback: Callback = {
      onStart(run) {
        kept = run;
        // The timer fires while the workers take the steps of the first epoch.
        setTimeout(() => attempt(() => run.snapshot()), 1);
      },
      async onEnd() {
        await delay(20);
      },
    };
    await using trainer = await createTrainer({ ...regression, workers: 1 });
    await trainer.fit(points(16 * 4000), { epochs: 1, callbacks: [callback] });
    attempt(() => kept?.setParameters([]));
    expect(errors).toEqual([
      expect.objectContaining({ code: 'CONVOY_BUSY', given: 'run.snapshot() while the workers are running' }),
      expect.objectContaining({ code: 'CONVOY_BUSY', given: 'run.setParameters() after the end of its fit' }),
    ]);
  });
});

describe('the state of a callback', () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  it.each<[unknown, RegExp]>([
    [() => 5, /^callbacks\[0\] \("own"\)\.state\(\): a function$/],
    [cyclic, /^callbacks\[0\] \("own"\)\.state\(\)\.self\.self.*more than 100 levels deep/],
    [new Map(), /^callbacks\[0\] \("own"\)\.state\(\): an object \(Map\)$/],
    [{ at: new Date() }, /\.state\(\)\.at: an object \(Date\)$/],
    [[1, new Float32Array(2)], /\.state\(\)\[1\]: a Float32Array of 2$/],
    [5n, /\.state\(\): 5n$/],
    [Promise.resolve(1), /\.state\(\): an object \(Promise\)$/],
  ])('%s is refused', async (state, given) => {
    const callback: Callback = { name: 'own', state: () => state, onStart: (run) => void run.snapshot() };
    await refused(callback, given, 'CONVOY_INVALID_DATA');
  });

  it.each([null, undefined, 5, 'a', true, [Number.NaN, { a: tensor([1]), b: undefined }]])(
    'may be %j',
    async (state) => {
      let kept: unknown;
      const callback: Callback = {
        name: 'own',
        state: () => state,
        onStart(run) {
          [kept] = Object.values(run.snapshot().callbacks);
        },
      };
      await fitting(callback);
      expect(kept).toBe(state);
    },
  );
});

describe('what a callback throws', () => {
  const members = ['onStart', 'onSteps', 'onProgress', 'onEpochEnd', 'onEnd'] as const;
  it.each(members.flatMap((member) => [undefined, null, 'no space', 5].map((thrown) => ({ member, thrown }))))(
    'from $member, $thrown, becomes an error that names it',
    async ({ member, thrown }) => {
      const fail = () => {
        throw thrown;
      };
      const error = await refused(
        { everySteps: 1, [member]: fail },
        new RegExp(`^callbacks\\[0\\]\\.${member}, which threw `),
        'CONVOY_CALLBACK_FAILED',
      );
      expect(error.cause).toBe(thrown);
    },
  );

  it.each(members)('from %s, stays the same error', async (member) => {
    const error = new AssertionError({ message: 'The callback failed.' });
    const running = fitting({ everySteps: 1, [member]: async () => Promise.reject(error) });
    await expect(running).rejects.toBe(error);
  });

  it('later, after its onProgress has returned, ends the fit', async () => {
    const error = new Error('The log is full.');
    const running = fitting({ onProgress: () => delay(1).then(() => Promise.reject(error)) }, 2000);
    await expect(running).rejects.toBe(error);
  });
});

describe('stopWhen', () => {
  it('refuses a condition that returns no boolean, and awaits a promise', async () => {
    await refused(
      stopWhen(() => 'yes' as never),
      /^the result of the condition of stopWhen: "yes"$/,
    );
    const trainer = await fitting(
      stopWhen(async ({ epoch }) => epoch === 2),
      5,
    );
    expect(trainer.step).toBe(8);
  });
});

it('a trainer whose callback was refused can be used again', async () => {
  await using trainer = await createTrainer({ ...regression, workers: 2 });
  const running = trainer.fit(data, { epochs: 1, callbacks: [{ onStart: (run) => run.stop(5 as never) }] });
  await expect(running).rejects.toBeInstanceOf(ConvoyError);
  await trainer.fit(data, { epochs: 1 });
  expectSameParameters(trainer, learnedFor(4, regression, data));
});

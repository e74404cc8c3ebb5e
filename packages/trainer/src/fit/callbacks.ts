// The callbacks of a fit. Everything that they return or throw is checked here, and messages name the callback and its
// member.
import { positiveInteger } from '@convoy/tensor';
import { listOf, type OptionCheck } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { callUnawaited, errorOf } from '../loop/thrown.ts';
import type { EpochRecord } from '../shared/records.ts';
import type { Callback, Progress, Run } from './callback.ts';
import { checkCallback } from './callback-members.ts';
import { checkState } from './callback-state.ts';

interface Entry {
  readonly callback: Callback;
  /** What messages call the callback, such as `callbacks[0]`. */
  readonly label: string;
}

const entryOf: OptionCheck<Entry> = (label, callback) => {
  checkCallback(label, callback);
  return { callback, label: callback.name === undefined ? label : `${label} (${describeValue(callback.name)})` };
};

const entriesOf = listOf(entryOf);

export class Callbacks {
  readonly #entries: readonly Entry[];
  #running: string | undefined;

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** @throws ConvoyError CONVOY_INVALID_OPTION unless the option is a list of callbacks, or missing */
  static check(name: string, value: unknown): Callbacks {
    return new Callbacks(value === undefined ? [] : entriesOf(name, value));
  }

  with(callback: Callback): Callbacks {
    return new Callbacks([...this.#entries, { callback, label: 'callbacks' }]);
  }

  /** Without those that a fit with `fastDevRun` leaves out. */
  inFastDevRun(): Callbacks {
    return new Callbacks(this.#entries.filter(({ callback }) => !callback.skipsFastDevRun));
  }

  /** The callback and the member that is running, for messages. */
  get running(): string | undefined {
    return this.#running;
  }

  /** Does work while the callbacks have what they need for themselves alone. */
  async whileAcquired<T>(work: () => Promise<T>): Promise<T> {
    const acquired: Entry[] = [];
    try {
      for (const entry of this.#entries) {
        await this.#callAll('acquire', (callback) => callback.acquire?.(), [entry]);
        acquired.unshift(entry);
      }
      return await work();
    } finally {
      await this.#callAll('release', (callback) => callback.release?.(), acquired);
    }
  }

  onStart(run: Run): Promise<void> {
    return this.#callAll('onStart', (callback) => callback.onStart?.(run));
  }

  /** Calls those whose turn is after this step. */
  onSteps(run: Run): Promise<void> {
    const due = this.#entries.filter((entry) => stepsToCall(entry, run.step - 1) === 1);
    return this.#callAll('onSteps', (callback) => callback.onSteps?.(run), due);
  }

  onEpochEnd(record: EpochRecord, run: Run): Promise<void> {
    return this.#callAll('onEpochEnd', (callback) => callback.onEpochEnd?.(record, run));
  }

  /** In reverse order: a callback that changes the parameters at the end must not change what the callbacks after it in the list see. */
  onEnd(run: Run): Promise<void> {
    return this.#callAll('onEnd', (callback) => callback.onEnd?.(run), this.#entries.toReversed());
  }

  /**
   * Is not asynchronous, as it is called on a timer.
   * @param failed is called with the error of a callback that returned a promise, if it rejects
   */
  onProgress(progress: Progress, failed: (error: unknown) => void): void {
    for (const { callback, label } of this.#entries) {
      callUnawaited(`${label}.onProgress`, () => callback.onProgress?.(progress), failed);
    }
  }

  /** Steps from this one to the next call of `onSteps`; Infinity if there is none. */
  stepsToPause(step: number): number {
    return Math.min(...this.#entries.map((entry) => stepsToCall(entry, step)));
  }

  /** The states of the callbacks, by their names. */
  states(): Readonly<Record<string, unknown>> {
    const states = [...this.#named()].flatMap(([name, { callback, label }]) => {
      if (!callback.state) return [];
      const where = `${label}.state()`;
      const state = stateOf(callback, where);
      checkState(where, state);
      return [[name, state] as const];
    });
    return Object.fromEntries(states);
  }

  /** Gives the callbacks the states that they had. */
  async restore(states: Readonly<Record<string, unknown>>): Promise<void> {
    for (const [name, { callback, label }] of this.#named()) {
      if (Object.hasOwn(states, name)) await this.#await(`${label}.restore`, () => callback.restore?.(states[name]));
    }
  }

  /** The callbacks that have a name, by their names. The second callback of a name gets the suffix ` (2)`, and so on. */
  #named(): ReadonlyMap<string, Entry> {
    const named = new Map<string, Entry>();
    for (const entry of this.#entries) {
      const { name } = entry.callback;
      if (name === undefined) continue;
      let key = name;
      for (let number = 2; named.has(key); number++) key = `${name} (${number})`;
      named.set(key, entry);
    }
    return named;
  }

  async #callAll(
    member: keyof Callback,
    call: (callback: Callback) => unknown,
    entries = this.#entries,
  ): Promise<void> {
    for (const { callback, label } of entries) await this.#await(`${label}.${member}`, () => call(callback));
  }

  async #await(where: string, call: () => unknown): Promise<void> {
    this.#running = where;
    try {
      await call();
    } catch (thrown) {
      throw errorOf(thrown, where);
    } finally {
      this.#running = undefined;
    }
  }
}

/** Steps from this one to the next call of `onSteps`. It is read anew each time, because a callback may change it. */
function stepsToCall({ callback, label }: Entry, step: number): number {
  const { everySteps } = callback;
  if (everySteps === undefined) return Number.POSITIVE_INFINITY;
  return positiveInteger(`${label}.everySteps`, everySteps) - (step % everySteps);
}

function stateOf(callback: Callback, where: string): unknown {
  try {
    return callback.state?.();
  } catch (thrown) {
    throw errorOf(thrown, where);
  }
}

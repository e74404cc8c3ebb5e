// The running fit, as its callbacks see it.
import type { Model } from '@convoy/layers';
import type { Tensor } from '@convoy/tensor';
import type { TrainingSnapshot } from '../checkpoint/snapshot.ts';
import type { EpochRecord } from '../shared/records.ts';
import type { Callback, Run } from './callback.ts';
import type { EpochWatch } from './epoch-clock.ts';
import type { FitContext } from './fit-context.ts';

export class FitRun implements Run {
  readonly model: Model;
  readonly records: EpochRecord[] = [];
  learningRateFactor = 1;
  /** Why the run is to end, if it is. */
  stopped: string | undefined;
  /** That of the running epoch. */
  watch: EpochWatch | undefined;
  readonly #context: FitContext;
  readonly #callbacks: readonly Callback[];
  /** Totals and seconds of an epoch that has been trained, while its validation goes on. */
  #trained: { readonly totals: readonly number[]; readonly seconds: number } | undefined;
  /** Of the epoch that was running when the snapshot was taken from which the run goes on. */
  #secondsBefore: number | undefined;

  constructor(context: FitContext, callbacks: readonly Callback[]) {
    this.model = context.model;
    this.#context = context;
    this.#callbacks = callbacks;
  }

  get step(): number {
    return this.#context.memory.step;
  }

  /** Seconds of training so far. */
  get seconds(): number {
    return this.#secondsOfEpochs + (this.#trained?.seconds ?? this.watch?.seconds() ?? 0);
  }

  get #secondsOfEpochs(): number {
    return this.records.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** Gives the callbacks the states that they had. */
  restoreCallbacks({ callbacks: states }: TrainingSnapshot): void {
    for (const [name, callback] of namesOf(this.#callbacks)) {
      if (Object.hasOwn(states, name)) callback.restore?.(states[name]);
    }
  }

  continueFrom({ records, position }: TrainingSnapshot): void {
    this.records.push(...records);
    this.learningRateFactor = position.learningRateFactor;
    this.stopped = position.stopped;
    this.#secondsBefore = position.seconds - this.#secondsOfEpochs;
  }

  /** Begins the count of an epoch's scores, or goes on with it. Returns the seconds that the epoch has taken already. */
  beginEpoch(): number {
    const seconds = this.#secondsBefore;
    this.#secondsBefore = undefined;
    if (seconds === undefined || this.#context.position().batch === 0) this.#context.memory.clearTotals();
    return seconds ?? 0;
  }

  /** Ends the training of an epoch, before its validation; returns its seconds. */
  endTraining(watch: EpochWatch): number {
    const seconds = watch.seconds();
    this.#trained = { totals: this.#context.memory.state().totals, seconds };
    return seconds;
  }

  endEpoch(record: EpochRecord): void {
    this.records.push(record);
    this.watch = undefined;
    this.#trained = undefined;
  }

  stop(reason = 'a callback stopped it'): void {
    this.stopped ??= reason;
  }

  parameters(): Map<string, Tensor> {
    return this.#context.memory.parameters();
  }

  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    this.#context.memory.setParameters(parameters);
  }

  snapshot(): TrainingSnapshot {
    const { memory, configuration } = this.#context;
    const { step, totals, parameters, slots } = memory.state();
    const states = [...namesOf(this.#callbacks)].flatMap(([name, callback]) =>
      callback.state ? [[name, callback.state()] as const] : [],
    );
    return {
      configuration,
      position: {
        step,
        ...this.#context.position(),
        seconds: this.seconds,
        totals: this.#trained?.totals ?? totals,
        learningRateFactor: this.learningRateFactor,
        ...(this.stopped !== undefined && { stopped: this.stopped }),
      },
      records: [...this.records],
      callbacks: Object.fromEntries(states),
      parameters,
      slots,
    };
  }
}

/** The callbacks with names, by them; the second one of a name has ` (2)` behind it, and so on. */
function namesOf(callbacks: readonly Callback[]): ReadonlyMap<string, Callback> {
  const named = new Map<string, Callback>();
  for (const callback of callbacks) {
    const { name } = callback;
    if (name === undefined) continue;
    let key = name;
    for (let number = 2; named.has(key); number++) key = `${name} (${number})`;
    named.set(key, callback);
  }
  return named;
}

// The running fit, as its callbacks see it.
import type { Model } from '@convoy/layers';
import type { Tensor } from '@convoy/tensor';
import type { RunConfiguration, TrainingSnapshot } from '../checkpoint/snapshot.ts';
import type { TrainingLoop } from '../loop/training-loop.ts';
import type { EpochRecord } from '../shared/records.ts';
import type { TrainingMemory } from '../shared/training-memory.ts';
import type { Callback, Run } from './callback.ts';
import { EpochClock } from './epoch-clock.ts';

export class FitRun implements Run {
  readonly model: Model;
  readonly records: EpochRecord[] = [];
  learningRateFactor = 1;
  /** Why the run is to end, if it is. */
  stopped: string | undefined;
  readonly #configuration: RunConfiguration;
  readonly #memory: TrainingMemory;
  readonly #loop: TrainingLoop;
  readonly #callbacks: readonly Callback[];
  /** Measures the running epoch. */
  #clock: EpochClock | undefined;
  /** Seconds that the first epoch took before it was resumed. */
  #secondsResumed = 0;

  constructor(
    configuration: RunConfiguration,
    memory: TrainingMemory,
    loop: TrainingLoop,
    callbacks: readonly Callback[],
  ) {
    this.model = configuration.model;
    this.#configuration = configuration;
    this.#memory = memory;
    this.#loop = loop;
    this.#callbacks = callbacks;
  }

  get step(): number {
    return this.#memory.step;
  }

  /** Seconds of training so far. */
  get seconds(): number {
    return this.#secondsOfEpochs + (this.#clock?.seconds ?? 0);
  }

  /** Samples trained so far. */
  get samples(): number {
    return this.records.length * this.#configuration.samples + (this.#clock ? this.#memory.samples : 0);
  }

  get #secondsOfEpochs(): number {
    return this.records.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** Continues the run of a snapshot. */
  continueFrom({ records, position }: TrainingSnapshot): void {
    this.records.push(...records);
    this.learningRateFactor = position.learningRateFactor;
    this.stopped = position.stopped;
    this.#secondsResumed = position.seconds - this.#secondsOfEpochs;
  }

  /** Gives the callbacks the states that they had when the snapshot was taken. */
  restoreCallbacks({ callbacks: states }: TrainingSnapshot): void {
    for (const [name, callback] of namesOf(this.#callbacks)) {
      if (Object.hasOwn(states, name)) callback.restore?.(states[name]);
    }
  }

  /** Starts the clock and the scores of the next epoch, or continues those of an epoch that was resumed in its middle. */
  beginEpoch(epochs: number): EpochClock {
    if (this.#loop.position.batch === 0) this.#memory.clearTotals();
    const { samples, batchSize } = this.#configuration;
    const epoch = this.records.length + 1;
    const secondsBefore = this.#secondsOfEpochs;
    const secondsResumed = this.#secondsResumed;
    this.#secondsResumed = 0;
    this.#clock = new EpochClock({ epoch, epochs, samples, batchSize, secondsBefore, secondsResumed }, this.#memory);
    return this.#clock;
  }

  endEpoch(record: EpochRecord): void {
    this.records.push(record);
    this.#clock = undefined;
  }

  stop(reason = 'a callback stopped it'): void {
    this.stopped ??= reason;
  }

  parameters(): Map<string, Tensor> {
    return this.#memory.parameters();
  }

  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    this.#memory.setParameters(parameters);
  }

  snapshot(): TrainingSnapshot {
    const { step, totals, parameters, slots } = this.#memory.state();
    const states = [...namesOf(this.#callbacks)].flatMap(([name, callback]) =>
      callback.state ? [[name, callback.state()] as const] : [],
    );
    return {
      configuration: this.#configuration,
      position: {
        step,
        ...this.#loop.position,
        seconds: this.seconds,
        totals,
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

/** The callbacks that have a name, by their names. The second callback of a name gets the suffix ` (2)`, and so on. */
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

// The running fit, as its callbacks see it.
import type { Model } from '@convoy/layers';
import { ConvoyError, type Tensor } from '@convoy/tensor';
import { float32Number, text } from '@convoy/tensor/checks';
import type { RunConfiguration, TrainingSnapshot } from '../checkpoint/snapshot.ts';
import type { TrainingLoop } from '../loop/training-loop.ts';
import type { EpochRecord } from '../shared/records.ts';
import type { TrainingMemory } from '../shared/training-memory.ts';
import type { Run } from './callback.ts';
import type { Callbacks } from './callbacks.ts';
import { EpochClock } from './epoch-clock.ts';

export class FitRun implements Run {
  readonly model: Model;
  readonly #records: EpochRecord[] = [];
  #learningRateFactor = 1;
  /** What keeps callbacks from the training state: it changes, or belongs to another run. */
  #obstacle: string | undefined;
  /** Why the run is to end, if it is. */
  stopped: string | undefined;
  readonly #configuration: RunConfiguration;
  readonly #memory: TrainingMemory;
  readonly #loop: TrainingLoop;
  readonly #callbacks: Callbacks;
  /** Measures the running epoch. */
  #clock: EpochClock | undefined;
  /** Seconds that the first epoch took before it was resumed. */
  #secondsResumed = 0;

  constructor(configuration: RunConfiguration, memory: TrainingMemory, loop: TrainingLoop, callbacks: Callbacks) {
    this.model = configuration.model;
    this.#configuration = configuration;
    this.#memory = memory;
    this.#loop = loop;
    this.#callbacks = callbacks;
  }

  get step(): number {
    return this.#memory.step;
  }

  /** A copy: callbacks may keep it. */
  get records(): readonly EpochRecord[] {
    return [...this.#records];
  }

  get epochsDone(): number {
    return this.#records.length;
  }

  get learningRateFactor(): number {
    return this.#learningRateFactor;
  }

  set learningRateFactor(factor: number) {
    this.#learningRateFactor = float32Number(this.#member('learningRateFactor'), factor, { atLeast: 0 });
  }

  /** Seconds of training so far. */
  get seconds(): number {
    return this.#secondsOfEpochs + (this.#clock?.seconds ?? 0);
  }

  /** Samples trained so far. */
  get samples(): number {
    return this.epochsDone * this.#configuration.samples + (this.#clock ? this.#memory.samples : 0);
  }

  get #secondsOfEpochs(): number {
    return this.#records.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** Continues the run of a snapshot. */
  continueFrom({ records, position }: TrainingSnapshot): void {
    for (const record of records) this.#records.push(record);
    this.learningRateFactor = position.learningRateFactor;
    this.stopped = position.stopped;
    this.#secondsResumed = position.seconds - this.#secondsOfEpochs;
  }

  /** Starts the clock and the scores of the next epoch, or continues those of an epoch that was resumed in its middle. */
  beginEpoch(epochs: number): EpochClock {
    if (this.#loop.position.batch === 0) this.#memory.clearTotals();
    const { samples, batchSize } = this.#configuration;
    const epoch = this.epochsDone + 1;
    const secondsBefore = this.#secondsOfEpochs;
    const secondsResumed = this.#secondsResumed;
    this.#secondsResumed = 0;
    this.#clock = new EpochClock({ epoch, epochs, samples, batchSize, secondsBefore, secondsResumed }, this.#memory);
    return this.#clock;
  }

  endEpoch(record: EpochRecord): void {
    this.#records.push(record);
    this.#clock = undefined;
  }

  stop(reason = 'a callback stopped it'): void {
    this.stopped ??= text(this.#member('stop(reason)'), reason);
  }

  parameters(): Map<string, Tensor> {
    return this.#memory.parameters();
  }

  setParameters(parameters: Iterable<readonly [string, Tensor]>): void {
    this.#assertPaused('setParameters');
    this.#memory.setParameters(parameters);
  }

  snapshot(): TrainingSnapshot {
    this.#assertPaused('snapshot');
    const { step, totals, parameters, slots } = this.#memory.state();
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
      records: this.records,
      callbacks: this.#callbacks.states(),
      parameters,
      slots,
    };
  }

  /** Works with the workers. Until they are done, callbacks cannot take or change the training state. */
  async work<T>(work: () => Promise<T>): Promise<T> {
    this.#obstacle = 'while the workers are running';
    try {
      return await work();
    } finally {
      this.#obstacle = undefined;
    }
  }

  /** Ends the run: what is kept of it can no longer change the training state. */
  end(): void {
    this.#obstacle = 'after the end of its fit';
  }

  #assertPaused(member: string): void {
    if (this.#obstacle === undefined) return;
    throw new ConvoyError('CONVOY_BUSY', {
      given: `${this.#member(member)}() ${this.#obstacle}`,
      expected: 'a call from onStart, onSteps, onEpochEnd or onEnd, before these have ended',
      fix: 'Await what the callback starts, or call the method of the trainer after the fit.',
    });
  }

  /** What messages call a member of the run. */
  #member(name: string): string {
    const { running } = this.#callbacks;
    return running === undefined ? `run.${name}` : `run.${name} in ${running}`;
  }
}

// Takes the steps of training: hands out the work of an epoch, and knows how far the trainer has come.
import type { Dataset } from '@convoy/datasets';
import { hyperparametersOf } from '@convoy/layers/compile';
import type { Plan, Sharding } from '@convoy/layers/runtime';
import type { ConvoyError } from '@convoy/tensor';
import type { TrainerConfiguration, TrainingPosition, TrainingSnapshot } from '../checkpoint/snapshot.ts';
import { notFinite } from '../diagnosis/non-finite.ts';
import { MAX_SEGMENT_STEPS } from '../shared/memory-layout.ts';
import { orderOf } from '../shared/order.ts';
import type { TrainingMemory } from '../shared/training-memory.ts';
import type { OpenedData, OpenedDatasets } from '../stream/opened-data.ts';
import type { Augmentations, DataRegistry } from './data-registry.ts';
import type { SegmentRunner } from './segment-runner.ts';

/** The parts of a trainer that its loop works with. */
export interface LoopParts {
  readonly configuration: TrainerConfiguration;
  readonly sharding: Sharding;
  readonly plan: Plan;
  readonly module: WebAssembly.Module;
  readonly memory: TrainingMemory;
  readonly data: DataRegistry;
  readonly opened: OpenedDatasets;
  readonly segments: SegmentRunner;
}

/** What a fit trains on. */
interface TrainingData {
  readonly train: Dataset;
  readonly shuffle: boolean;
  readonly augment: Augmentations;
  /** Batches of an epoch. */
  readonly batches: number;
}

export class TrainingLoop {
  readonly #parts: LoopParts;
  /** Epochs done since the trainer was created. */
  #epoch = 0;
  /** Batches done of the running epoch. */
  #batch = 0;
  /** The data of the running fit, or of the last one. */
  #training: TrainingData | undefined;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  /** Epochs done, and batches done of the running epoch. */
  get position(): Pick<TrainingPosition, 'epoch' | 'batch'> {
    return { epoch: this.#epoch, batch: this.#batch };
  }

  /** Begins a fit, at the start of an epoch. An epoch that was ended in the middle begins again. */
  begin(train: Dataset, shuffle: boolean, augment: Augmentations): void {
    // The last fit may have ended between the training of an epoch and the end of its validation.
    if (this.#training && this.#batch === this.#training.batches) this.endEpoch();
    this.#batch = 0;
    const batches = Math.ceil(train.length / this.#parts.configuration.batchSize);
    this.#training = { train, shuffle, augment, batches };
  }

  /** Continues the fit from a snapshot of the same run. */
  restore(snapshot: TrainingSnapshot): void {
    const { position, parameters, slots } = snapshot;
    const { step, totals, epoch, batch } = position;
    this.#parts.memory.restore({ step, totals, parameters, slots });
    this.#epoch = epoch;
    this.#batch = batch;
  }

  /** Steps left in the running epoch. */
  get stepsLeft(): number {
    return (this.#training?.batches ?? 0) - this.#batch;
  }

  /**
   * Takes the next steps of the running epoch: as many as are asked for, but at most those that are left in the epoch or fit into a segment.
   * They are fewer if the memory was asked to stop.
   * @throws ConvoyError CONVOY_ABORTED, CONVOY_WORKER_FAILED; CONVOY_NOT_FINITE before a step whose loss is not finite
   */
  async trainSteps(count: number, learningRateFactor: number, signal: AbortSignal): Promise<void> {
    const { configuration, memory, segments } = this.#parts;
    const { train, shuffle, augment } = this.#training as TrainingData;
    const { step } = memory;
    const first = this.#batch;
    const hyperparameters = Array.from({ length: Math.min(count, this.stepsLeft, MAX_SEGMENT_STEPS) }, (_, i) =>
      hyperparametersOf(configuration.optimizer, step + i, learningRateFactor),
    );
    try {
      await segments.run(
        { kind: 'train', data: train, epoch: this.#epoch, shuffle, augment, first, hyperparameters },
        signal,
      );
    } finally {
      this.#batch = first + memory.step - step;
    }
    if (memory.isNonFinite) throw await this.#refusal();
  }

  /** Counts the running epoch as done. */
  endEpoch(): void {
    this.#epoch++;
    this.#batch = 0;
  }

  /** Why the next step cannot be taken. */
  #refusal(): Promise<ConvoyError> {
    const { configuration, sharding, plan, module, memory, data, opened } = this.#parts;
    const { model, seed } = configuration;
    const { train, shuffle, augment } = this.#training as TrainingData;
    const first = this.#batch * sharding.batchSize;
    const trained = opened.get(train) as OpenedData;
    return notFinite({
      model,
      plan,
      sharding,
      seed,
      module,
      memory,
      data: data.describe(-1, trained, augment),
      epoch: this.#epoch,
      sequence: trained.kind === 'stream' ? trained.stream.sequence : 0,
      first,
      samples: Math.min(sharding.batchSize, train.length - first),
      order: orderOf(train.length, shuffle, seed, this.#epoch),
    });
  }
}

// What the main thread gives to the workers: many steps at a time, so that it is never in the path of a step.
import type { Dataset, StoredSource } from '@convoy/datasets';
import type { Augmentation } from '@convoy/datasets/augment';
import type { GatherModule, Plan, Sharding } from '@convoy/layers/runtime';
import type { MemoryLayout } from './memory-layout.ts';
import type { RingLayout } from './ring.ts';

/** Everything a worker needs to know once. */
export interface WorkerSetup {
  readonly rank: number;
  readonly plan: Plan;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly layout: MemoryLayout;
  readonly sharding: Sharding;
  readonly seed: number;
  /** How many threads can run at the same time. */
  readonly cores: number;
  /** Whether a loss that is not finite ends the run before its step. */
  readonly stopOnNonFinite: boolean;
  /** Whether times are measured. */
  readonly profile: boolean;
}

/** A data set, with the number that segments use for it. */
export interface WorkerData extends Pick<Dataset, 'length' | 'sampleShape' | 'targets'> {
  readonly id: number;
  /** Where the samples are: in memory, or in a ring that decoders fill. */
  readonly samples: StoredSource | { readonly kind: 'ring'; readonly ring: RingLayout };
  readonly gather: GatherModule;
  /** How samples are augmented, if they are. */
  readonly augment?: readonly Augmentation[] | undefined;
}

interface DataSegment {
  readonly data: number;
  /** For samples in a ring: the sequence number of position 0 of the order. */
  readonly sequence: number;
}

/** The size of the shared memory that a data set refers to. */
export const sharedBytesOf = ({ samples, targets }: Pick<WorkerData, 'samples' | 'targets'>): number =>
  (samples.kind === 'ring' ? samples.ring.buffer.byteLength : samples.samples.byteLength) +
  ((samples.kind === 'stored' && samples.rows?.byteLength) || 0) +
  (targets.kind === 'labels' ? targets.labels : targets.values).byteLength;

/** Batches first … first + count − 1 of an epoch; batch b holds the positions b · batchSize … of the epoch's order. */
interface BatchSegment extends DataSegment {
  readonly first: number;
  readonly count: number;
}

export type Segment =
  | (BatchSegment & {
      readonly kind: 'train';
      readonly epoch: number;
      readonly shuffle: boolean;
    })
  | (BatchSegment & {
      readonly kind: 'evaluate';
      /** Which array of the state takes the place of the parameters: 0 for the parameters themselves, 1 + i for slot i of the optimizer. */
      readonly weights: number;
    })
  | (DataSegment & {
      readonly kind: 'predict';
      /** Samples first … first + count − 1. */
      readonly first: number;
      readonly count: number;
      /** As in `evaluate`. */
      readonly weights: number;
      /** (count, ...output) */
      readonly outputs: Float32Array<SharedArrayBuffer>;
    });

// What the main thread gives to the workers: many steps at a time, so that it is never in the path of a step.
import type { Dataset } from '@convoy/datasets';
import type { GatherModule, Plan, Sharding } from '@convoy/layers/runtime';
import type { MemoryLayout } from './memory-layout.ts';

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
export interface WorkerData {
  readonly id: number;
  readonly dataset: Dataset;
  readonly gather: GatherModule;
}

/** The size of the shared memory that a data set refers to. */
export const sharedBytesOf = ({ source, targets }: Dataset): number =>
  (source.kind === 'stored' ? source.samples.byteLength : 0) +
  (source.rows?.byteLength ?? 0) +
  (targets.kind === 'labels' ? targets.labels : targets.values).byteLength;

/** Batches first … first + count − 1 of an epoch; batch b holds the positions b · batchSize … of the epoch's order. */
interface BatchSegment {
  readonly data: number;
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
  | {
      readonly kind: 'predict';
      readonly data: number;
      /** As in `evaluate`. */
      readonly weights: number;
      /** (length, ...output) */
      readonly outputs: Float32Array<SharedArrayBuffer>;
    };

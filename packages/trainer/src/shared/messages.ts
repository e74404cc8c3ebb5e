// Messages between the main thread and the worker threads: tasks with their results, and control calls between tasks.
import type { MessagePort } from 'node:worker_threads';
import type { ConvoyError } from '@convoy/tensor/errors';
import type { Segment, WorkerData, WorkerSetup } from './segment.ts';

/** What a thread is given to run. */
export type WorkerTask =
  /** Become a worker of the trainer: receive control calls through the port. */
  { readonly kind: 'join'; readonly port: MessagePort } | { readonly kind: 'run'; readonly segment: Segment };

/** How a task ended. Errors are plain data: the pool would strip them of their codes. */
export type WorkerResult =
  | { readonly kind: 'joined' | 'done' | 'abandoned' }
  | { readonly kind: 'failed'; readonly error: ReturnType<ConvoyError['toJSON']> };

/** The calls that a worker answers between segments. */
export interface WorkerControl {
  /** Instantiates a plan in the shared memory. */
  setUp(setup: WorkerSetup): void;
  addData(data: WorkerData): void | Promise<void>;
  removeData(id: number): void;
}

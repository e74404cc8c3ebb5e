// Typed control calls to one worker, between segments. The only module that knows comlink.
import type { MessagePort } from 'node:worker_threads';
import { expose, type Remote, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { WorkerData, WorkerSetup } from '../shared/segment.ts';

/** What a worker can be asked to do. */
export interface WorkerControl {
  /** Instantiates a plan in the shared memory. */
  setUp(setup: WorkerSetup): void;
  addData(data: WorkerData): void;
  removeData(id: number): void;
}

/** In a worker: answers the calls that come through the port. */
export function exposeControl(control: WorkerControl, port: MessagePort): void {
  expose(control, nodeEndpoint(port));
}

/** On the main thread: the other end. Keep the result referenced, or its calls are lost. */
export function linkControl(port: MessagePort): Remote<WorkerControl> {
  return wrap<WorkerControl>(nodeEndpoint(port));
}

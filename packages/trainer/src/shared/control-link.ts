// Typed control calls to one worker, between segments: both ends. The only module that knows comlink.
import type { MessagePort } from 'node:worker_threads';
import { expose, type Remote, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { WorkerControl } from './messages.ts';

/** In a worker: answers the calls that come through the port. */
export function exposeControl(control: WorkerControl, port: MessagePort): void {
  expose(control, nodeEndpoint(port));
}

/** The main thread's end of a control link. */
export type ControlLink = Remote<WorkerControl>;

/** On the main thread: the other end. Keep a reference to the result: calls through a link that was garbage-collected are lost. */
export function linkControl(port: MessagePort): ControlLink {
  return wrap<WorkerControl>(nodeEndpoint(port));
}

// What a contender is to the process that it runs in.
import type { Job } from './job.ts';

/** Trains in turn on the batches of its job, which it has made ready beforehand. */
export interface Peer {
  /** The name and version of what trains. */
  readonly version: string;
  /** Takes one step on each of `steps` batches from batch `from`, without going past the last. @returns the loss of the last step, before it, or the mean of all */
  readonly train: (from: number, steps: number) => number | Promise<number>;
}

/** @throws Error saying why if the peer cannot train this */
export type StartPeer = (job: Job, settings: PeerSettings) => Peer | Promise<Peer>;

/** What the module of an adapter exports. */
export interface Adapter {
  readonly startPeer: StartPeer;
  /** Whether the peer trains on tensors in shared memory as they are; default false. */
  readonly sharesMemory?: boolean;
}

export interface PeerSettings {
  /** Worker threads, of those who have them. */
  readonly threads: number;
  /** Which of the peer's back ends. */
  readonly backend?: string;
  /** The folder whose `node_modules` has the peers. */
  readonly packages: string;
}

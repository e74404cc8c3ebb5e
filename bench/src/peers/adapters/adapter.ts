// What an adapter makes of a framework, for the process that trains with it.
import type { Job } from '../jobs/job.ts';

/** A framework that has loaded its job and is ready to train on its batches. */
export interface Peer {
  /** The name and the version of the framework. */
  readonly version: string;
  /**
   * Takes one step on each of `steps` batches, from batch `from` on; never goes past the last batch.
   * @returns the loss of the last batch before its step, or the mean loss of all batches
   */
  readonly train: (from: number, steps: number) => number | Promise<number>;
}

/** @throws Error with the reason if the peer cannot train this job */
export type StartPeer = (job: Job, settings: PeerSettings) => Peer | Promise<Peer>;

/** What the module of an adapter exports. */
export interface Adapter {
  readonly startPeer: StartPeer;
  /** Whether the peer trains directly on tensors in shared memory; default false. */
  readonly sharesMemory?: boolean;
}

export interface PeerSettings {
  /** The number of threads, for peers that have threads. */
  readonly threads: number;
  /** One of the back ends of the peer. */
  readonly backend?: string;
  /** The folder whose `node_modules` contains the peers from npm. */
  readonly packages: string;
}

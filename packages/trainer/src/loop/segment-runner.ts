// Runs segments to their end whatever happens to workers: replaces those that die, kills those that hang, and repeats the step.
import { layerOf, type Plan } from '@convoy/layers/compile';
import { ConvoyError } from '@convoy/tensor';
import { Watchdog } from '../pool/watchdog.ts';
import { located, WorkerFailure, workerHangs } from '../pool/worker-failure.ts';
import type { WorkerPool } from '../pool/worker-pool.ts';
import type { Segment } from '../shared/segment.ts';
import type { TrainingMemory } from '../shared/training-memory.ts';
import { Activity } from '../shared/worker-status.ts';

/** How much a trainer bears of its workers. */
export interface WorkerPatience {
  /** Failures in a row, without a step between them, after which a run ends. */
  readonly maxFailures: number;
  /** Seconds that a worker may take for one block of samples before it counts as hanging. */
  readonly hangSeconds: number;
  /** Hears of each failure that is mended. */
  readonly onWorkerFailure: ((error: ConvoyError) => void) | undefined;
}

export class SegmentRunner {
  readonly #pool: WorkerPool;
  readonly #memory: TrainingMemory;
  readonly #plan: Plan;
  readonly #patience: WorkerPatience;

  constructor(pool: WorkerPool, memory: TrainingMemory, plan: Plan, patience: WorkerPatience) {
    this.#pool = pool;
    this.#memory = memory;
    this.#plan = plan;
    this.#patience = patience;
    pool.callSeconds = patience.hangSeconds;
  }

  /**
   * Tries until an attempt succeeds, which does what is left of the work; `progress` is a number that grows with what is done for good.
   * @throws ConvoyError the last failure when there were too many in a row, or what else the attempt throws
   */
  async persist<T>(attempt: () => Promise<T>, progress: () => number): Promise<T> {
    let failures = 0;
    for (;;) {
      const before = progress();
      try {
        await this.#pool.repair((failure) => this.#patience.onWorkerFailure?.(this.#describe(failure)));
        return await attempt();
      } catch (error) {
        const failure = error instanceof WorkerFailure ? this.#describe(error) : error;
        if (!(failure instanceof ConvoyError) || failure.code !== 'CONVOY_WORKER_FAILED') throw failure;
        failures = progress() > before ? 1 : failures + 1;
        if (failures >= this.#patience.maxFailures) throw failure;
        this.#patience.onWorkerFailure?.(failure);
      }
    }
  }

  /** One attempt at a segment. @throws WorkerFailure */
  async run(segment: Segment, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw aborted(signal);
    const memory = this.#memory;
    const stop = () => memory.requestStop();
    memory.beginSegment();
    signal?.addEventListener('abort', stop);
    const { hangSeconds } = this.#patience;
    const kill = (rank: number) => this.#pool.terminate(rank, workerHangs(hangSeconds));
    const watchdog = new Watchdog(memory.statuses, hangSeconds, kill);
    try {
      await this.#pool.run(segment, () => memory.abandon());
    } finally {
      watchdog.stop();
      signal?.removeEventListener('abort', stop);
    }
    if (signal?.aborted) throw aborted(signal);
  }

  /** The failure with where its worker was. */
  #describe({ failure, ranks, occasion }: WorkerFailure): ConvoyError {
    const where = ranks.map((rank) => {
      if (occasion !== undefined) return `worker ${rank} ${occasion}`;
      const status = this.#memory.statuses[rank];
      const inKernel =
        status?.activity === Activity.forward ||
        status?.activity === Activity.loss ||
        status?.activity === Activity.backward;
      const layer = status && inKernel ? layerOf(this.#plan, status.kernel) : undefined;
      return `worker ${rank} in ${status?.activityName}${layer === undefined ? '' : ` of '${layer}'`}`;
    });
    return located(failure, [...where, `after step ${this.#memory.step}`]);
  }
}

export const aborted = (signal: AbortSignal): ConvoyError =>
  new ConvoyError('CONVOY_ABORTED', {
    given: 'an abort signal',
    expected: 'a run until the end',
    fix: 'Nothing is wrong: the parameters are those of the last step that was committed.',
    cause: signal.reason,
  });

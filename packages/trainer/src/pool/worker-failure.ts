// How the main thread describes the failure of a worker.
import { ConvoyError } from '@convoy/tensor';
import { isError } from '@convoy/tensor/builtins';
import { describeValue } from '@convoy/tensor/errors';

/** A segment, or a call between two segments, that a worker did not finish. */
export class WorkerFailure extends Error {
  override readonly name = 'WorkerFailure';
  readonly failure: ConvoyError;
  /** The rank of the worker that threw, or the ranks of the workers that died. */
  readonly ranks: readonly number[];
  /** When it happened, if not in a segment, such as 'between segments'. For segments the shared memory tells what the workers did. */
  readonly occasion: string | undefined;

  constructor(failure: ConvoyError, ranks: readonly number[], occasion?: string) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.ranks = ranks;
    this.occasion = occasion;
  }
}

/** The failure, with what its workers did and when. */
export const located = (failure: ConvoyError, where: readonly string[]): ConvoyError =>
  new ConvoyError('CONVOY_WORKER_FAILED', {
    given: where.length === 0 ? failure.given : `${failure.given} (${where.join(', ')})`,
    expected: failure.expected,
    fix: failure.fix,
    cause: failure.cause ?? failure,
  });

/** A ConvoyError unchanged; any other error as the cause of CONVOY_WORKER_FAILED. */
export function workerFailed(error: unknown): ConvoyError {
  if (error instanceof ConvoyError) return error;
  return new ConvoyError('CONVOY_WORKER_FAILED', {
    given: `a worker thread that failed with ${isError(error) ? `${error.name}: ${error.message}` : describeValue(error)}`,
    expected: 'worker threads that live as long as their trainer',
    fix: 'See the cause. The parameters are those of the last step that was committed.',
    cause: error,
  });
}

/** The failure of a worker for which there is no thread. */
export const threadRefused = (error: unknown): ConvoyError =>
  new ConvoyError('CONVOY_WORKER_FAILED', {
    given: `a thread that was refused with ${error}`,
    expected: 'a thread for each worker',
    fix: 'See the cause. Take fewer workers; Node with --permission also needs --allow-worker.',
    cause: error,
  });

/** The failure of a worker that made no progress for this many seconds. */
export const workerHangs = (seconds: number): ConvoyError =>
  workerFailed(new Error(`The worker hung for ${seconds} s.`));

/** The failure of a thread that ended without an error. */
export const threadExited = (): ConvoyError => workerFailed(new Error('The thread exited.'));

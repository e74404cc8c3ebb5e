// What becomes of a worker's failure on the main thread.
import { ConvoyError } from '@convoy/tensor';

/** What a worker did not finish: a segment, or a call between two. */
export class WorkerFailure extends Error {
  override readonly name = 'WorkerFailure';
  readonly failure: ConvoyError;
  /** The ranks of the worker that threw, or of those that died. */
  readonly ranks: readonly number[];
  /** What was going on outside of segments, such as 'between segments'; in a segment the shared memory tells. */
  readonly occasion: string | undefined;

  constructor(failure: ConvoyError, ranks: readonly number[], occasion?: string) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.ranks = ranks;
    this.occasion = occasion;
  }
}

/** The failure with where its workers were, and what else tells when that was. */
export const located = (failure: ConvoyError, where: readonly string[]): ConvoyError =>
  new ConvoyError('CONVOY_WORKER_FAILED', {
    given: where.length === 0 ? failure.given : `${failure.given} (${where.join(', ')})`,
    expected: failure.expected,
    fix: failure.fix,
    cause: failure.cause ?? failure,
  });

/** The error as a ConvoyError: as it is, or as the cause of CONVOY_WORKER_FAILED. */
export function workerFailed(error: unknown): ConvoyError {
  if (error instanceof ConvoyError) return error;
  return new ConvoyError('CONVOY_WORKER_FAILED', {
    given: `a worker thread that failed with ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    expected: 'worker threads that live as long as their trainer',
    fix: 'See the cause. The parameters are those of the last step that was committed.',
    cause: error,
  });
}

/** What a worker that did not get on for so long has failed with. */
export const workerHangs = (seconds: number): ConvoyError =>
  workerFailed(new Error(`The worker hung for ${seconds} s.`));

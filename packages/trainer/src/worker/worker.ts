// The module that the threads of workers run: a thread joins a trainer once, then takes part in one segment after another.
import { isError } from '@convoy/tensor/builtins';
import { ConvoyError, describeValue } from '@convoy/tensor/errors';
import { SegmentAbandoned } from '../shared/barrier.ts';
import { exposeControl } from '../shared/control-link.ts';
import type { WorkerResult, WorkerTask } from '../shared/messages.ts';
import { StepWorker } from './step-worker.ts';

let stepWorker: StepWorker | undefined;

/** Runs a task of the pool. */
export function runTask(task: WorkerTask): WorkerResult {
  if (task.kind === 'join') return join(task);
  if (!stepWorker) throw new Error('The worker was not set up.');
  try {
    stepWorker.run(task.segment);
    return { kind: 'done' };
  } catch (error) {
    if (error instanceof SegmentAbandoned) return { kind: 'abandoned' };
    return { kind: 'failed', error: asConvoyError(error).toJSON() };
  }
}

/** Receives control calls through the port. */
function join({ port }: Extract<WorkerTask, { kind: 'join' }>): WorkerResult {
  exposeControl(
    {
      setUp(setup) {
        stepWorker = new StepWorker(setup);
      },
      addData: (data) => stepWorker?.addData(data),
      removeData: (id) => stepWorker?.removeData(id),
    },
    port,
  );
  return { kind: 'joined' };
}

function asConvoyError(error: unknown): ConvoyError {
  if (error instanceof ConvoyError) return error;
  return new ConvoyError('CONVOY_WORKER_FAILED', {
    given: `a worker that threw ${isError(error) ? `${error.name}: ${error.message}` : describeValue(error)}`,
    expected: 'every worker to finish its segment',
    fix: 'See the cause; the parameters are those of the last step that was committed.',
    cause: error,
  });
}

// The module that pool threads run: it joins a trainer once, then takes part in one segment after another.
import { type MessagePort, threadId } from 'node:worker_threads';
import { ConvoyError } from '@convoy/tensor/errors';
import { SegmentAbandoned } from '../shared/barrier.ts';
import { exposeControl } from '../shared/control-link.ts';
import type { WorkerResult, WorkerTask } from '../shared/messages.ts';
import { StepWorker } from './step-worker.ts';

let stepWorker: StepWorker | undefined;
/** The link of the last join. */
let link: MessagePort | undefined;

/** Runs a task of the pool. */
export function runTask(task: WorkerTask): WorkerResult {
  if (task.kind === 'join') return join(task);
  if (!stepWorker) return { kind: 'stranger' };
  const { rank } = stepWorker;
  try {
    stepWorker.run(task.segment);
    return { kind: 'done', rank };
  } catch (error) {
    if (error instanceof SegmentAbandoned) return { kind: 'abandoned', rank };
    return { kind: 'failed', rank, error: asConvoyError(error).toJSON() };
  }
}

/** Waits for all threads of the pool, so that each gets exactly one of these tasks. */
function join({ port, joined, workers }: Extract<WorkerTask, { kind: 'join' }>): WorkerResult {
  // Each join assigns new ranks; calls through the link of an earlier, failed join are ignored.
  stepWorker = undefined;
  link = port;
  exposeControl(
    {
      setUp(setup) {
        if (port === link) stepWorker = new StepWorker(setup);
      },
      addData: (data) => stepWorker?.addData(data),
      removeData: (id) => stepWorker?.removeData(id),
    },
    port,
  );
  Atomics.add(joined, 0, 1);
  Atomics.notify(joined, 0);
  for (;;) {
    const present = Atomics.load(joined, 0);
    if (present >= workers) return { kind: 'joined', thread: threadId };
    Atomics.wait(joined, 0, present);
  }
}

function asConvoyError(error: unknown): ConvoyError {
  if (error instanceof ConvoyError) return error;
  return new ConvoyError('CONVOY_WORKER_FAILED', {
    given: `a worker that threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    expected: 'every worker to finish its segment',
    fix: 'See the cause; the parameters are those of the last step that was committed.',
    cause: error,
  });
}

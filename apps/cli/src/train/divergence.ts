// Training that has diverged: its loss or its parameters are not finite. It fails, and nothing of it is saved.
import type { Tensor } from '@convoy/tensor';
import { ConvoyError } from '@convoy/tensor/errors';
import type { Callback, EpochRecord, Run } from '@convoy/trainer';

const FIX =
  'The training diverged, so no weights were saved: pass a smaller --learning-rate, or limit the gradients with --global-clip-norm 1.';

/** Ends a run that has diverged: at the end of the epoch, or when it is resumed from a checkpoint. */
export const divergenceStop = (): Callback => ({
  onStart(run) {
    const fault = faultOf(run.records.at(-1), run.parameters());
    if (fault === undefined) return;
    throw notFinite(
      `a checkpoint of step ${run.step} with ${fault}`,
      'Start the run again, with another directory for --checkpoints. ',
    );
  },
  onEpochEnd: (record, run) => assertFinite(record, run.parameters()),
});

/**
 * Checks the result of a run.
 * @param record of the last epoch
 * @throws ConvoyError CONVOY_NOT_FINITE
 */
export function assertFinite(record: EpochRecord | undefined, parameters: ReadonlyMap<string, Tensor>): void {
  const fault = faultOf(record, parameters);
  if (fault !== undefined) throw notFinite(fault);
}

/** The callback, which does not see a run that has diverged: a checkpoint of it would replace a good one. */
export function unlessDiverged(callback: Callback): Callback {
  const hasDiverged = (run: Run): boolean => faultOf(run.records.at(-1), run.parameters()) !== undefined;
  const { onSteps, onEpochEnd, onEnd } = callback;
  return {
    ...callback,
    onSteps: (run) => (hasDiverged(run) ? undefined : onSteps?.(run)),
    onEpochEnd: (record, run) => (hasDiverged(run) ? undefined : onEpochEnd?.(record, run)),
    onEnd: (run) => (hasDiverged(run) ? undefined : onEnd?.(run)),
  };
}

/** The trainer's error for a step whose loss is not finite, with the options of the command in its advice. */
export const inTermsOfTheCommand = (error: unknown): unknown =>
  error instanceof ConvoyError && error.code === 'CONVOY_NOT_FINITE' && !error.fix.endsWith(FIX)
    ? new ConvoyError(error.code, { given: error.given, expected: error.expected, fix: FIX, cause: error })
    : error;

/** What is not finite, if anything is. */
function faultOf(record: EpochRecord | undefined, parameters: ReadonlyMap<string, Tensor>): string | undefined {
  const losses = [['loss', record?.scores.loss] as const, ['test loss', record?.validation?.loss] as const];
  for (const [name, loss = 0] of losses) {
    if (!Number.isFinite(loss)) return `a ${name} of ${loss} after epoch ${record?.epoch}`;
  }
  for (const [name, { data }] of parameters) {
    if (!data.every(Number.isFinite)) return `a parameter ${name} that is NaN or infinite`;
  }
  return undefined;
}

const notFinite = (given: string, advice = ''): ConvoyError =>
  new ConvoyError('CONVOY_NOT_FINITE', { given, expected: 'finite numbers', fix: `${advice}${FIX}` });

// How the command ends when something goes wrong: what it says, and with which exit code.
import { ConvoyError, type ConvoyErrorCode } from '@convoy/tensor';
import { CommanderError } from 'commander';
import { Interruption } from './interruption.ts';
import { commandLineError } from './command-line-error.ts';

/** The run itself failed, or Convoy did. */
const FAILED = 1;
/** Something was given that cannot be trained with. */
const BAD_INPUT = 2;

/** Failures of a run that had nothing wrong with its input. */
const RUN_FAILURES: ReadonlySet<ConvoyErrorCode> = new Set([
  'CONVOY_WORKER_FAILED',
  'CONVOY_OUT_OF_MEMORY',
  'CONVOY_DISPOSED',
]);

/**
 * Tells people, on standard error, and with `json` programs, on standard output, why the command ends.
 * @returns the exit code
 */
export function reportFailure(error: unknown, { json }: { readonly json: boolean }): number {
  if (error instanceof CommanderError) {
    const mistake = commandLineError(error);
    // Help and version were asked for, and are written by now; a command line without any command gets the help too.
    return mistake ? reportFailure(mistake, { json }) : error.exitCode === 0 ? 0 : BAD_INPUT;
  }
  const { code, message, details, exitCode } = explain(error);
  console.error(details);
  if (json) console.log(JSON.stringify({ event: 'error', code, message }));
  return exitCode;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  /** What people read. */
  readonly details: string;
  readonly exitCode: number;
}

function explain(error: unknown): Failure {
  if (error instanceof Interruption) {
    const { code, message, exitCode } = error;
    return { code, message, details: message, exitCode };
  }
  if (error instanceof ConvoyError) {
    const { code, message } = error;
    return { code, message, details: `error: ${message} (${code})`, exitCode: RUN_FAILURES.has(code) ? FAILED : BAD_INPUT };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = (error instanceof Error && error.stack) || message;
  return { code: 'UNEXPECTED', message, details: `unexpected error: ${stack}`, exitCode: FAILED };
}

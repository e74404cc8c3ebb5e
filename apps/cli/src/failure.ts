// How the command ends when something goes wrong: what it says, and with which exit code.
import { inspect } from 'node:util';
import { ConvoyError, type ConvoyErrorCode } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { CommanderError } from 'commander';
import { commandLineError } from './command-line-error.ts';
import { Interruption } from './interruption.ts';

/** The run itself failed, or Convoy did. */
const FAILED = 1;
/** Something was given that cannot be trained with. */
const BAD_INPUT = 2;

/** Codes that no input leads to. */
const INTERNAL: ReadonlySet<ConvoyErrorCode> = new Set(['CONVOY_WORKER_FAILED', 'CONVOY_DISPOSED', 'CONVOY_BUSY']);

/**
 * Tells people, on standard error, and with `json` programs, on standard output, why the command ends.
 * @returns the exit code
 */
export function reportFailure(error: unknown, { json }: { readonly json: boolean }): number {
  if (error instanceof CommanderError) {
    const mistake = commandLineError(error);
    if (mistake) return reportFailure(mistake, { json });
    // Help or the version is written by now; help that nobody asked for stands for a missing command.
    return error.exitCode === 0 ? 0 : BAD_INPUT;
  }
  const { code, message, text, exitCode } = explain(error);
  console.error(text);
  if (json) console.log(JSON.stringify({ event: 'error', code, message }));
  return exitCode;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  /** What people read. */
  readonly text: string;
  readonly exitCode: number;
}

function explain(error: unknown): Failure {
  if (error instanceof Interruption) {
    const { code, message, exitCode } = error;
    return { code, message, text: message, exitCode };
  }
  if (error instanceof ConvoyError && !INTERNAL.has(error.code)) {
    const { code, message } = error;
    return { code, message, text: `error: ${message} (${code})`, exitCode: BAD_INPUT };
  }
  return {
    code: error instanceof ConvoyError ? error.code : 'UNEXPECTED',
    message: error instanceof Error ? error.message : describeValue(error),
    text: `unexpected error: ${inspect(error)}`,
    exitCode: FAILED,
  };
}

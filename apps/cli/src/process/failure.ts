// How the command reports an error, and the exit code that follows from it.
import { inspect } from 'node:util';
import { ConvoyError, type ConvoyErrorCode, errorMessage } from '@convoy/tensor/errors';
import { CommanderError } from 'commander';
import type { Context } from '../context.ts';
import { commandLineError } from './command-line-error.ts';
import { Interruption } from './interruption.ts';

/** The run failed, or Convoy did. */
const FAILED = 1;
/** The input is one that Convoy cannot train with. */
const BAD_INPUT = 2;

/** Codes that no input leads to. */
const INTERNAL: ReadonlySet<ConvoyErrorCode> = new Set(['CONVOY_WORKER_FAILED', 'CONVOY_DISPOSED', 'CONVOY_BUSY']);

/**
 * Writes the error to standard error for people. With `--json` it also writes it to standard output for programs.
 * @returns the exit code
 */
export function reportFailure(
  error: unknown,
  args: readonly string[],
  output: Pick<Context, 'stdout' | 'stderr'>,
): number {
  if (error instanceof CommanderError) {
    const mistake = commandLineError(error);
    if (mistake) return reportFailure(mistake, args, output);
    // Commander has printed the version or the help. It prints help with an exit code of 1 if the command is missing.
    return error.exitCode === 0 ? 0 : BAD_INPUT;
  }
  const { code, message, text, exitCode } = explain(error);
  output.stderr.write(`${text}\n`);
  // The arguments may be wrong, so there may be no parsed options to ask.
  if (args.includes('--json')) output.stdout.write(`${JSON.stringify({ event: 'error', code, message })}\n`);
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
    message: errorMessage(error),
    text: `unexpected error: ${inspect(error)}`,
    exitCode: FAILED,
  };
}

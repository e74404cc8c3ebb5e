#!/usr/bin/env node
// The `convoy` command. It leaves by running out of work, so that output is written whole; only an interruption may cut it short.
import { leaveQuietlyWithoutReader } from './broken-pipe.ts';
import { reportFailure } from './failure.ts';
import { watchForInterruptions } from './interruption.ts';
import { createProgram } from './program.ts';

/** Returns the exit code. A command line that could not be parsed has no options to ask. */
const fail = (error: unknown): number => reportFailure(error, { json: process.argv.includes('--json') });

leaveQuietlyWithoutReader();
try {
  await createProgram(watchForInterruptions((interruption) => process.exit(fail(interruption)))).parseAsync();
} catch (error) {
  process.exitCode = fail(error);
}

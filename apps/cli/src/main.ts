#!/usr/bin/env node
// The `convoy` command. It leaves by running out of work, so that output is written whole; only an interruption may cut it short.
import { leaveQuietlyWithoutReader } from './broken-pipe.ts';
import { reportFailure } from './failure.ts';
import { abortOnInterruption } from './interruption.ts';
import { createProgram } from './program.ts';

leaveQuietlyWithoutReader();
try {
  await createProgram(abortOnInterruption()).parseAsync();
} catch (error) {
  // A command line that could not be parsed has no options to ask.
  process.exitCode = reportFailure(error, { json: process.argv.includes('--json') });
}

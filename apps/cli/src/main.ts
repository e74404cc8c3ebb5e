#!/usr/bin/env node
// Connects the `convoy` command to its process: arguments, output, signals and exit code.
import { runConvoy } from './convoy.ts';
import { reportFailure } from './process/failure.ts';
import { watchForInterruptions } from './process/interruption.ts';
import { exitOnOutputFailure } from './process/output-failure.ts';

const args = process.argv.slice(2);
const { stdout, stderr } = process;
exitOnOutputFailure({ stdout, stderr });
const interruptions = watchForInterruptions((interruption) =>
  process.exit(reportFailure(interruption, args, { stdout, stderr })),
);
// Without process.exit, Node writes all output before it exits.
process.exitCode = await runConvoy(args, { stdout, stderr, interruptions });

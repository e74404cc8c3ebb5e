// Connects the `convoy` command to its process: arguments, output, signals, errors that nobody caught, and exit code.
import { ConvoyError } from '@convoy/tensor/errors';
import { runConvoy } from '../convoy.ts';
import { reportFailure } from './failure.ts';
import { watchForInterruptions } from './interruption.ts';
import { exitOnOutputFailure } from './output-failure.ts';

/** Node's exit code for a top-level `await` that never ends. */
const UNSETTLED = 13;

/** Exits the process when the command has ended. */
export async function runInProcess(): Promise<void> {
  const args = process.argv.slice(2);
  const { stdout, stderr } = process;
  const exitWith = (error: unknown) => process.exit(reportFailure(error, args, { stdout, stderr }));
  exitOnOutputFailure({ stdout, stderr });
  // The code of a module may throw later than it is called.
  process.on('uncaughtException', exitWith);
  process.on('exit', exitedEarly);
  const interruptions = watchForInterruptions(exitWith);
  const code = await runConvoy(args, { stdout, stderr, interruptions });
  process.off('exit', exitedEarly);
  await Promise.all([written(stdout), written(stderr)]);
  // A module may have left timers or connections that would keep the process alive.
  process.exit(code);

  /** A module can exit the process, or wait for something that never comes. */
  function exitedEarly(code: number): void {
    if (code === 0 || code === UNSETTLED) process.exitCode = reportFailure(endedEarly, args, { stdout, stderr });
  }
}

/** Resolves when all output so far has left the process. */
const written = (output: NodeJS.WritableStream): Promise<unknown> => new Promise((done) => output.write('', done));

const endedEarly = new ConvoyError('CONVOY_FILE_FORMAT', {
  given: 'a module that ended the process, or whose top level waits for something that never comes',
  expected: 'a module that exports its model',
  fix: 'Remove process.exit and endless awaits from the module.',
});

// What happens when the output cannot be written: nobody reads it any more, as in `convoy … | head -1`, the disk is full, or the terminal
// was closed.
import { writeSync } from 'node:fs';
import { errorCode, errorMessage } from '@convoy/tensor/errors';

/** 128 + SIGPIPE, as a shell reports any program that ends this way. */
const BROKEN_PIPE = 141;
const FAILED = 1;
const STDERR = 2;

/** Exits the process when one of its outputs fails. The worker threads end with the process. */
export function exitOnOutputFailure(outputs: Readonly<Record<'stdout' | 'stderr', NodeJS.WritableStream>>): void {
  const names = { stdout: 'standard output', stderr: 'standard error' } as const;
  for (const name of ['stdout', 'stderr'] as const) {
    outputs[name].on('error', (error) => {
      if (errorCode(error) === 'EPIPE') process.exit(BROKEN_PIPE);
      // The stream of standard error may be the one that failed, so the message goes to its file directly.
      report(`error: ${names[name]} cannot be written: ${errorMessage(error)}\n`);
      process.exit(FAILED);
    });
  }
}

function report(message: string): void {
  try {
    writeSync(STDERR, message);
  } catch {
    // There is nowhere left to report to; the exit code tells of the failure.
  }
}

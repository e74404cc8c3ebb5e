// Ctrl-C and SIGTERM: the first asks the run to end, the second ends the process at once.

/** Exit codes as shells report them: 128 + the number of the signal. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

type SignalName = keyof typeof EXIT_CODES;

/** A run that has not ended by itself after this many milliseconds is ended, threads and all. A step takes a few. */
const PATIENCE = 900;

/** The reason of the signal that `abortOnInterruption` returns. */
export class Interruption extends Error {
  readonly code = 'CONVOY_ABORTED';
  readonly exitCode: number;

  constructor(signalName: SignalName) {
    super(`Stopped by ${signalName}; no weights were saved.`);
    this.exitCode = EXIT_CODES[signalName];
  }
}

/** A signal that aborts, with an `Interruption` as its reason, when the process is asked to end. */
export function abortOnInterruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (name: SignalName) => {
    if (controller.signal.aborted) process.exit(EXIT_CODES[name]);
    controller.abort(new Interruption(name));
    setTimeout(() => process.exit(EXIT_CODES[name]), PATIENCE).unref();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}

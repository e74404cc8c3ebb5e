// Ctrl-C and SIGTERM: the first asks the run to end, the second ends the process at once.

/** Exit codes as shells report them: 128 + the number of the signal. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

type SignalName = keyof typeof EXIT_CODES;

/** A run that has not ended by itself after this many milliseconds is ended, threads and all. A step takes a few. */
const PATIENCE = 900;
/** A checkpoint also takes a few, unless the model is big or the disk is slow; then the work of hours must not be lost to haste. */
const PATIENCE_WITH_CHECKPOINTS = 10_000;

/** Why a run ends that was asked to. */
export class Interruption extends Error {
  readonly code = 'CONVOY_ABORTED';
  readonly exitCode: number;

  constructor(signalName: SignalName, hasCheckpoints: boolean) {
    const outcome = hasCheckpoints
      ? 'the same command with --resume goes on from the last checkpoint.'
      : 'no weights were saved.';
    super(`Stopped by ${signalName}; ${outcome}`);
    this.exitCode = EXIT_CODES[signalName];
  }
}

/** Watches for the process being asked to end. */
export interface Interruptions {
  /** Aborts then, with an `Interruption` as its reason. */
  readonly signal: AbortSignal;
  /** Whether the command writes checkpoints; false at first. */
  hasCheckpoints: boolean;
}

/** @param leave ends the process where a run takes too long to end by itself */
export function watchForInterruptions(leave: (interruption: Interruption) => never): Interruptions {
  const controller = new AbortController();
  const interruptions = { signal: controller.signal, hasCheckpoints: false };
  const interrupt = (name: SignalName) => {
    if (controller.signal.aborted) process.exit(EXIT_CODES[name]);
    const { hasCheckpoints } = interruptions;
    const interruption = new Interruption(name, hasCheckpoints);
    controller.abort(interruption);
    setTimeout(() => leave(interruption), hasCheckpoints ? PATIENCE_WITH_CHECKPOINTS : PATIENCE).unref();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return interruptions;
}

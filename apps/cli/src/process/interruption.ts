// Ctrl-C and SIGTERM: the first one asks the run to end, the second one ends the process at once.

/** Exit codes as shells report them: 128 + the number of the signal. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

type SignalName = keyof typeof EXIT_CODES;

/** A run that has not ended after this many milliseconds is ended with its threads. A step takes a few milliseconds. */
const PATIENCE = 900;
/** A checkpoint also takes a few, but more for a big model or on a slow disk, and it must not be cut short. */
const PATIENCE_WITH_CHECKPOINTS = 10_000;

/** Why a run ended that was asked to end. */
export class Interruption extends Error {
  readonly code = 'CONVOY_ABORTED';
  readonly exitCode: number;

  constructor(signalName: SignalName, hasCheckpoints: boolean) {
    super(
      hasCheckpoints
        ? `Stopped by ${signalName}. To continue from the last checkpoint, run the same command with --resume.`
        : `Stopped by ${signalName}; no weights were saved.`,
    );
    this.exitCode = EXIT_CODES[signalName];
  }
}

/** How a command learns that it is asked to end. */
export interface Interruptions {
  /** Aborts with an `Interruption` as its reason. */
  readonly signal: AbortSignal;
  /** Whether the command writes checkpoints; false at first. */
  hasCheckpoints: boolean;
}

/** @param exit ends the process if a run takes too long to end */
export function watchForInterruptions(exit: (interruption: Interruption) => never): Interruptions {
  const controller = new AbortController();
  const interruptions = { signal: controller.signal, hasCheckpoints: false };
  const interrupt = (name: SignalName) => {
    if (controller.signal.aborted) process.exit(EXIT_CODES[name]);
    const { hasCheckpoints } = interruptions;
    const interruption = new Interruption(name, hasCheckpoints);
    controller.abort(interruption);
    setTimeout(() => exit(interruption), hasCheckpoints ? PATIENCE_WITH_CHECKPOINTS : PATIENCE).unref();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return interruptions;
}

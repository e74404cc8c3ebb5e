// What becomes of output that nobody reads any more, as in `convoy … | head -1`.

/** 128 + SIGPIPE, which is how a shell sees any other program end here. */
const BROKEN_PIPE = 141;

/** Ends the process when the reader of its output has gone. Workers end with the process. */
export function leaveQuietlyWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(BROKEN_PIPE);
      throw error;
    });
  }
}

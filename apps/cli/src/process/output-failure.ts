// What happens when nobody reads the output any more, as in `convoy … | head -1`.

/** 128 + SIGPIPE, as a shell reports any program that ends this way. */
const BROKEN_PIPE = 141;

/** Exits the process when the reader of an output has gone. The worker threads end with the process. */
export function exitOnBrokenPipe(outputs: readonly NodeJS.WritableStream[]): void {
  for (const output of outputs) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(BROKEN_PIPE);
      throw error;
    });
  }
}

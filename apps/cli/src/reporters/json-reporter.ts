// For programs: one JSON object a line.
import type { Reporter } from './reporter.ts';

export function jsonReporter(output: NodeJS.WritableStream): Reporter {
  const write = (event: string, fields: object) => output.write(`${JSON.stringify({ event, ...fields })}\n`);
  return {
    start: (run) => write('start', run),
    progress: () => undefined,
    epoch: (epoch) => write('epoch', epoch),
    done: (result) => write('done', result),
    close: () => undefined,
  };
}

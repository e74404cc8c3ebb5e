// For programs: one JSON object per line.
import type { Output } from '../context.ts';
import type { Reporter } from './reporter.ts';

export function jsonReporter(output: Output): Reporter {
  const write = (event: string, fields: object) => output.write(`${JSON.stringify({ event, ...fields })}\n`);
  return {
    start: ({ learning, ...run }) => write('start', { ...run, ...learning }),
    progress: () => undefined,
    epoch: (epoch) => write('epoch', epoch),
    done: (result) => write('done', result),
    close: () => undefined,
  };
}

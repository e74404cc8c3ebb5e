// Chooses the reporter of a run.
import type { Output } from '../context.ts';
import { jsonReporter } from './json-reporter.ts';
import { lineReporter } from './line-reporter.ts';
import type { Reporter } from './reporter.ts';
import { terminalReporter } from './terminal-reporter.ts';

export function createReporter(output: Output, json: boolean): Reporter {
  const { TERM } = process.env;
  if (json) return jsonReporter(output);
  // A dumb terminal, such as the shell of an editor, cannot move its cursor.
  return output.isTTY && TERM !== 'dumb' ? terminalReporter(output) : lineReporter(output);
}

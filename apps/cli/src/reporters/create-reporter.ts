// Which reporter a run gets.
import { jsonReporter } from './json-reporter.ts';
import { lineReporter } from './line-reporter.ts';
import type { Reporter } from './reporter.ts';
import { terminalReporter } from './terminal-reporter.ts';

export function createReporter(json: boolean): Reporter {
  const { stdout } = process;
  const { TERM } = process.env;
  if (json) return jsonReporter(stdout);
  // A dumb terminal, such as an editor's shell, cannot move its cursor.
  return stdout.isTTY && TERM !== 'dumb' ? terminalReporter(stdout) : lineReporter(stdout);
}

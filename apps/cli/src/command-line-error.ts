// What the parser of the command line reports, in Convoy's own form.
import { ConvoyError } from '@convoy/tensor';
import type { CommanderError } from 'commander';

/** The mistake in the command line; undefined if there is none or help has been written in its place. */
export function commandLineError({ code, exitCode, message }: CommanderError): ConvoyError | undefined {
  if (exitCode === 0 || code === 'commander.help') return undefined;
  // Such as "error: unknown option '--epoch'", and on a second line "(Did you mean --epochs?)".
  const [problem = '', suggestion] = message.replace(/^error: /, '').split('\n');
  return new ConvoyError(code === 'commander.unknownCommand' ? 'CONVOY_UNKNOWN_NAME' : 'CONVOY_INVALID_OPTION', {
    given: `a command line with an error (${problem.replace(/\.$/, '')})`,
    expected: 'commands and options as convoy --help and convoy train --help list them',
    fix: suggestion?.replace(/^\((.*)\)$/, '$1') ?? 'Correct the command line.',
  });
}

// Errors of commander, the parser of the command line, as errors of Convoy.
import { ConvoyError } from '@convoy/tensor/errors';
import type { CommanderError } from 'commander';

/** The mistake in the command line; undefined if commander printed help or the version. */
export function commandLineError({ code, exitCode, message }: CommanderError): ConvoyError | undefined {
  if (exitCode === 0 || code === 'commander.help') return undefined;
  // The message is for example "error: unknown option '--epoch'", with a second line "(Did you mean --epochs?)".
  const [problem = '', suggestion] = message.replace(/^error: /, '').split('\n');
  return new ConvoyError(code === 'commander.unknownCommand' ? 'CONVOY_UNKNOWN_NAME' : 'CONVOY_INVALID_OPTION', {
    given: `a command line with an error (${problem.replace(/\.$/, '')})`,
    expected: 'commands and options that convoy --help and convoy train --help list',
    fix: suggestion?.replace(/^\((.*)\)$/, '$1') ?? 'Correct the command line.',
  });
}

// Errors of commander, the parser of the command line, as errors of Convoy.
import { closestName } from '@convoy/tensor/checks';
import { ConvoyError, describeValue, type ErrorDetails } from '@convoy/tensor/errors';
import type { Command, CommanderError } from 'commander';
import { adviceForFlag } from './option-advice.ts';

/**
 * The error of Convoy for a mistake in the command line; the same error if commander printed the help or the version.
 * @param command whose arguments have the mistake
 */
export function commandLineError(error: CommanderError, command: Command): Error {
  if (error.exitCode === 0 || error.code === 'commander.help') return error;
  if (error.code === 'commander.unknownCommand') return unknownCommand(command.args[0] ?? '', command);
  return new ConvoyError('CONVOY_INVALID_OPTION', mistakeOf(error, command));
}

/** The error for a command that the program does not have. */
export function unknownCommand(name: string, program: Command): ConvoyError {
  const names = program.commands.map((command) => command.name());
  const closest = closestName(name, names);
  return new ConvoyError('CONVOY_UNKNOWN_NAME', {
    given: `the command ${describeValue(name)}`,
    expected: `one of: ${names.join(', ')}`,
    fix: closest === undefined ? `${program.name()} --help lists the commands.` : `Did you mean ${closest}?`,
  });
}

/** Its message is for example "error: unknown option '--epoch'", which commander follows with advice of its own. */
function mistakeOf({ code, message }: CommanderError, command: Command): ErrorDetails {
  const [, quoted = ''] = /'(.*)'/s.exec(message) ?? [];
  const name = fullNameOf(command);
  const help = `${name} --help`;
  switch (code) {
    case 'commander.unknownOption':
      return {
        given: `the option ${describeValue(quoted)}, which ${name} does not have`,
        expected: `an option that ${help} lists`,
        fix: adviceForFlag(
          quoted,
          command.options.map((option) => option.attributeName()),
          name,
        ),
      };
    case 'commander.optionMissingArgument':
      return {
        given: `the option ${quoted.replace(/ .*/, '')} without a value`,
        expected: quoted,
        fix: `Pass its value after the option; ${help} tells what it is.`,
      };
    case 'commander.missingArgument':
      return {
        given: `${name} without <${quoted}>`,
        expected: `${name} <${quoted}>`,
        fix: `Pass the ${quoted}; ${help} tells what it is.`,
      };
    case 'commander.excessArguments': {
      const takes = command.registeredArguments.map((argument) => `<${argument.name()}>`);
      const extra = command.args.slice(takes.length).map(describeValue).join(', ');
      return {
        given: `${name} with too many arguments: ${command.args.map(describeValue).join(', ')}`,
        expected: takes.length === 0 ? 'no arguments' : `no more than ${takes.join(' ')}`,
        fix: `Omit ${extra}; the names of options begin with two hyphens.`,
      };
    }
    default:
      return {
        given: `a command line that cannot be read (${message.replace(/^error: /, '').split('\n')[0]})`,
        expected: `a command line as ${help} describes it`,
        fix: 'Correct the command line.',
      };
  }
}

/** `convoy train`. */
const fullNameOf = (command: Command): string =>
  command.parent ? `${fullNameOf(command.parent)} ${command.name()}` : command.name();

// The `convoy` command as a function: from its arguments to its exit code. Commands load what they need, because
// `convoy doctor` and the help must work where training does not.
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addDataCommand } from './commands/data.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addHelpCommand } from './commands/help.ts';
import { addListCommands } from './commands/list.ts';
import { addSummaryCommand } from './commands/summary.ts';
import { addTrainCommand } from './commands/train.ts';
import type { Context, Output } from './context.ts';
import { commandLineError } from './process/command-line-error.ts';
import { reportFailure } from './process/failure.ts';

/** Longer lines are hard to read. */
const MAX_HELP_COLUMNS = 100;

/**
 * Runs one command line. It leaves the process as it is: it writes only to the outputs, and returns its exit code.
 * @param args what follows the name of the command
 * @returns the exit code
 */
export async function runConvoy(args: readonly string[], context: Context): Promise<number> {
  let exitCode = 0;
  try {
    const program = createProgram(context, (code) => {
      exitCode = code;
    });
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportFailure(error, args, context);
  }
}

function createProgram(context: Context, setExitCode: (code: number) => void): Command {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const { stdout, stderr } = context;
  const program = new Command('convoy')
    .description('Trains convolutional networks in Node.js on all cores.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    // Options after the name of a command belong to that command.
    .enablePositionalOptions()
    // The commands inherit these settings, so they come first.
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => helpColumns(stdout),
      getErrHelpWidth: () => helpColumns(stderr),
    });
  addTrainCommand(program, context);
  addSummaryCommand(program, context);
  addListCommands(program, context);
  addDataCommand(program, context);
  addDoctorCommand(program, context, setExitCode);
  addHelpCommand(program);
  // Errors are thrown, and `reportFailure` prints them.
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    command.exitOverride((error) => {
      throw commandLineError(error, command);
    });
  }
  return program;
}

/** Some pseudo-terminals report 0 columns. */
const helpColumns = ({ columns }: Output): number => Math.min(columns || 80, MAX_HELP_COLUMNS);

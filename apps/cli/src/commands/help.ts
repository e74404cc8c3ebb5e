// `convoy help`: the help of the program, or of one command.
import type { Command } from 'commander';
import { unknownCommand } from '../process/command-line-error.ts';

export function addHelpCommand(program: Command): void {
  program
    .command('help')
    .argument('[command]', 'the name of a command')
    .summary('print the help of a command')
    .description('Prints the help of a command, or that of convoy.')
    .action((name: string | undefined) => {
      const command = name === undefined ? program : program.commands.find((known) => known.name() === name);
      if (command === undefined) throw unknownCommand(name ?? '', program);
      command.outputHelp();
    });
}

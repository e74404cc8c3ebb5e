// The command line as a whole: its commands and what they have in common.
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addDoctorCommand } from './commands/doctor.ts';
import { addListCommands } from './commands/list.ts';
import { addSummaryCommand } from './commands/summary.ts';
import { addTrainCommand } from './commands/train.ts';
import type { Interruptions } from './interruption.ts';

export function createProgram(interruptions: Interruptions): Command {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const program = new Command('convoy')
    .description('Trains convolutional networks in Node.js on all cores.')
    .version(version)
    // Before the commands, which inherit both: errors are thrown, and reported in one place.
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  addTrainCommand(program, interruptions);
  addSummaryCommand(program);
  addListCommands(program);
  addDoctorCommand(program);
  return program;
}

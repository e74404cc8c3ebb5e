// `convoy train`: its help, and the step from parsed options to a run.
import { type Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { optionGroups } from '../train/options.ts';
import { parseOptions } from '../train/parse-options.ts';
import { commanderOption } from './commander-option.ts';
import { MODEL_ARGUMENT } from './model-argument.ts';

const NOTES = `
A run that is stopped finishes its step. With --checkpoints it also writes a
checkpoint.

Exit codes: 0 done, 1 failed, 2 bad input, 130 stopped by Ctrl-C, 143 stopped by
SIGTERM. Training that diverges fails, and saves nothing. Errors go to standard
error. With --json the last line of standard output also has the error:
{"event":"error","code":"…","message":"…"}`;

export function addTrainCommand(program: Command, context: Context): void {
  const command = program
    .command('train')
    .argument('<model>', MODEL_ARGUMENT)
    .usage('<model> --data <set> [options]')
    .summary('train a model and save its parameters')
    .description('Trains a model, tests it after each epoch, and saves its parameters.')
    .addHelpOption(new Option('-h, --help', 'print this help').helpGroup('Other:'))
    .addHelpText('after', NOTES)
    .action(async (model: string, texts: Record<string, unknown>) => {
      const options = parseOptions(texts);
      const { train } = await import('../train/training.ts');
      await train(model, options, context);
    });
  for (const [group, options] of Object.entries(optionGroups)) {
    for (const [name, description] of Object.entries(options)) {
      command.addOption(commanderOption(name, description).helpGroup(`${group}:`));
    }
  }
}

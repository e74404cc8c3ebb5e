// `convoy data`: what a data set has.
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { options } from '../data/options.ts';
import { checkTexts } from '../train/check-texts.ts';
import { commanderOption } from './commander-option.ts';

export function addDataCommand(program: Command, context: Context): void {
  const command = program
    .command('data')
    .argument('<set>', 'a name that convoy datasets lists, or the path of a folder of images or of a file')
    .summary('print what a data set has')
    .description(
      'Prints the parts of a data set, its classes with their numbers of samples, mean and standard deviation of its channels, ' +
        'files that cannot be read, and samples that occur in several parts.',
    )
    .action(async (data: string, texts: Record<string, unknown>) => {
      const checked = checkTexts(options, texts, 'convoy data');
      const { examineData } = await import('../data/examine.ts');
      await examineData(data, checked, context);
    });
  for (const [name, description] of Object.entries(options)) command.addOption(commanderOption(name, description));
}

// `convoy data`: what a data set has.
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { options, readOptions } from '../data/options.ts';
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
  command.enablePositionalOptions();
  const pack = command
    .command('pack')
    .argument('<set>', 'a name or a path, as for convoy data')
    .argument('<file>', 'a path that ends in .safetensors; several parts get names such as photos.train.safetensors')
    .summary('decode a data set once, into files that are read fast')
    .description(
      'Writes the decoded samples of a data set to safetensors files, which --data takes. Training has the same result.',
    )
    .action(async (data: string, file: string, texts: Record<string, unknown>) => {
      const checked = checkTexts(readOptions, texts, 'convoy data pack');
      const { packData } = await import('../data/pack.ts');
      await packData(data, file, checked, context);
    });
  for (const [name, description] of Object.entries(readOptions)) pack.addOption(commanderOption(name, description));
}

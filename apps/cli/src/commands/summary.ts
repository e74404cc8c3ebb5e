// `convoy summary`: the layers of a model and their costs.
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { MODEL_ARGUMENT } from './model-argument.ts';

export function addSummaryCommand(program: Command, { stdout }: Context): void {
  program
    .command('summary')
    .argument('<model>', MODEL_ARGUMENT)
    .summary('print the layers of a model, with their costs')
    .description(
      'Prints the layers of a model with their shapes, parameters and multiplications, and the memory that training takes.',
    )
    .option(
      '--data <set>',
      'make the model for the samples and classes of this data set (default: those that it was designed for)',
    )
    .action(async (name: string, { data }: { readonly data?: string }) => {
      const { summaryOf } = await import('../sources/summary.ts');
      stdout.write(`${await summaryOf(name, data)}\n`);
    });
}

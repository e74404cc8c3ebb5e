// `convoy summary`: the layers of a model and their costs.
import { summary } from '@convoy/layers';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { loadDataset } from '../sources/datasets.ts';
import { findModel, MODEL_ARGUMENT } from '../sources/model-source.ts';

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
      const createModel = await findModel(name);
      const parts = data === undefined ? undefined : await loadDataset(data, undefined);
      stdout.write(`${summary(createModel(parts?.train))}\n`);
    });
}

// `convoy summary`: what a model consists of, and what it costs.
import { summary } from '@convoy/layers';
import type { Command } from 'commander';
import { loadDataset } from '../datasets.ts';
import { findModel } from '../model-source.ts';

export function addSummaryCommand(program: Command): void {
  program
    .command('summary <model>')
    .description(
      'print the layers of a model with their shapes, parameters and multiplications, and the memory it takes',
    )
    .option('--data <set>', 'data set whose images and classes the model is for (default: those it was designed for)')
    .action(async (name: string, { data }: { readonly data?: string }) => {
      const createModel = await findModel(name);
      const parts = data === undefined ? undefined : await loadDataset(data, undefined);
      console.log(summary(createModel(parts?.train)));
    });
}

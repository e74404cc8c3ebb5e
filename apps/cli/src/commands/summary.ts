// `convoy summary`: what a model consists of, and what it costs.
import { summary } from '@convoy/layers';
import type { Command } from 'commander';
import { loadDataset } from '../datasets.ts';
import { assertModel, createModel, createModelFor } from '../models.ts';

export function addSummaryCommand(program: Command): void {
  program
    .command('summary <model>')
    .description(
      'print the layers of a model with their shapes, parameters and multiplications, and the memory it takes',
    )
    .option('--data <set>', 'data set whose images and classes the model is for (default: those it was designed for)')
    .action(async (name: string, { data }: { readonly data?: string }) => {
      console.log(summary(data === undefined ? createModel(name) : await modelFor(name, data)));
    });
}

async function modelFor(name: string, data: string) {
  assertModel(name);
  return createModelFor((await loadDataset(data, undefined)).train, name);
}

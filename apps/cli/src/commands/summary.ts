// `convoy summary`: the layers of a model.
import { summary } from '@convoy/layers';
import type { Command } from 'commander';
import { createModel } from '../models.ts';

export function addSummaryCommand(program: Command): void {
  program
    .command('summary <model>')
    .description('print the layers of a model')
    .action((model: string) => console.log(summary(createModel(model))));
}

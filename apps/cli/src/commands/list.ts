// `convoy models` and `convoy datasets`: what `convoy train` can be given.
import type { Command } from 'commander';
import { datasets } from '../datasets.ts';
import { models } from '../models.ts';

export function addListCommands(program: Command): void {
  program
    .command('models')
    .description('list the models')
    .action(() => list(models));
  program
    .command('datasets')
    .description('list the data sets')
    .action(() => list(datasets));
}

function list(entries: Readonly<Record<string, { readonly about: string }>>): void {
  const width = Math.max(...Object.keys(entries).map((name) => name.length));
  for (const [name, { about }] of Object.entries(entries)) console.log(`${name.padEnd(width)}  ${about}`);
}

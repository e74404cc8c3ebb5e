// `convoy models` and `convoy datasets`: the names that `convoy train` accepts.
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { datasets } from '../sources/datasets.ts';
import { models } from '../sources/named-models.ts';

export function addListCommands(program: Command, { stdout }: Context): void {
  const list = (entries: Readonly<Record<string, { readonly about: string }>>): void => {
    const width = Math.max(...Object.keys(entries).map((name) => name.length));
    for (const [name, { about }] of Object.entries(entries)) stdout.write(`${name.padEnd(width)}  ${about}\n`);
  };
  program
    .command('models')
    .summary('list the models')
    .description('Lists the models that have a name.')
    .action(() => list(models));
  program
    .command('datasets')
    .summary('list the data sets')
    .description('Lists the data sets.')
    .action(() => list(datasets));
}

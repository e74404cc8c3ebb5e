// `convoy models` and `convoy datasets`: the names that `convoy train` accepts.
import { formatTable } from '@convoy/tensor/table';
import type { Command } from 'commander';
import type { Context } from '../context.ts';

export function addListCommands(program: Command, { stdout }: Context): void {
  const list = (entries: Readonly<Record<string, { readonly about: string }>>): void => {
    const rows = Object.entries(entries).map(([name, { about }]) => [name, about]);
    stdout.write(`${formatTable(rows, { left: [0, 1] })}\n`);
  };
  program
    .command('models')
    .summary('list the models')
    .description('Lists the models that have a name.')
    .action(async () => list((await import('../sources/named-models.ts')).models));
  program
    .command('datasets')
    .summary('list the data sets, and the formats of your own data')
    .description('Lists the data sets that have a name, and the formats of data that --data takes as a path.')
    .action(async () => {
      list((await import('../sources/datasets.ts')).datasets);
      stdout.write('\nYour own data, as a path:\n');
      list((await import('../sources/data-files.ts')).dataFormats);
    });
}

// `convoy models` and `convoy datasets`: what `convoy train` can be given.
import type { Command } from 'commander';
import { datasets } from '../datasets.ts';
import { models } from '../models.ts';

export function addListCommands(program: Command): void {
  for (const [name, entries] of Object.entries({ models, datasets })) {
    program
      .command(name)
      .description(`list the ${name}`)
      .action(() => {
        for (const [entry, { about }] of Object.entries(entries)) console.log(`${entry.padEnd(10)}  ${about}`);
      });
  }
}

// Descriptions of options as options of commander.
import { Option } from 'commander';
import { flagOf } from '../process/flags.ts';
import type { OptionDescription } from '../train/options.ts';

export function commanderOption(name: string, { value, help, initial }: OptionDescription): Option {
  const option = new Option(value === undefined ? flagOf(name) : `${flagOf(name)} ${value}`, help);
  return initial === undefined ? option : option.default(initial, initial);
}

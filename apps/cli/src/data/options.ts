// The options of `convoy data`. Those that say how files are read are the same as for `convoy train`.
import type { Checked } from '../train/check-texts.ts';
import { path } from '../train/option-values.ts';
import { type OptionDescription, options as trainOptions } from '../train/options.ts';

const { dataDir, dataFormat, imageSize, channels, labelColumn, augment, seed } = trainOptions;

const PNG = 'the path of a file whose name ends with .png';

/** How the files of a data set are read. */
export const readOptions = { dataDir, dataFormat, imageSize, channels, labelColumn } satisfies Readonly<
  Record<string, OptionDescription>
>;

export const options = {
  ...readOptions,
  sheet: {
    value: '<file>',
    help: 'write a contact sheet to this .png file: some samples, and what training sees of them in some epochs',
    check: path(PNG)
      .regex(/\.png$/i, PNG)
      .optional(),
  },
  augment: { ...augment, help: 'for the contact sheet: standard, or a module that exports augment (default: none)' },
  seed: { ...seed, help: 'for the contact sheet: the seed of training' },
} satisfies Readonly<Record<string, OptionDescription>>;

export type ReadOptions = Checked<typeof readOptions>;
export type DataOptions = Checked<typeof options>;

// A run of `convoy data`.
import { contactSheet, isMix } from '@convoy/datasets/augment';
import type { Context } from '../context.ts';
import { loadSplits } from '../sources/data-source.ts';
import { augmentationsOf } from '../train/augmentation.ts';
import type { DataOptions } from './options.ts';
import { writePng } from './png.ts';
import { reportOf } from './report.ts';

/** Small samples are enlarged to about this size, in pixels. */
const SHEET_PIXELS = 64;

/**
 * Prints what a data set has, and writes a contact sheet if one is requested.
 * @throws ConvoyError as `loadSplits`; CONVOY_FILE_UNWRITABLE, CONVOY_PACKAGE_MISSING
 */
export async function examineData(data: string, options: DataOptions, context: Context): Promise<void> {
  const splits = await loadSplits({ data, ...options, skipsBroken: true });
  const { sheet, augment, seed } = options;
  context.stdout.write(`${await reportOf(splits)}\n`);
  if (sheet === undefined) return;
  const { train } = splits;
  const augmentations = augment === undefined ? [] : await augmentationsOf(augment, train);
  const [, height = 1, width = 1] = train.sampleShape;
  const { pixels, ...raw } = await contactSheet(train, {
    augment: augmentations.filter((augmentation) => !isMix(augmentation)),
    seed,
    zoom: Math.max(1, Math.round(SHEET_PIXELS / Math.max(height, width))),
  });
  await writePng(sheet, pixels, raw);
  context.stdout.write(`\nContact sheet: ${sheet}\n`);
}

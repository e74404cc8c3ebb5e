// A run of `convoy data pack`.
import { stat } from 'node:fs/promises';
import { formatTable } from '@convoy/tensor/table';
import type { Context } from '../context.ts';
import { loadSplits } from '../sources/data-source.ts';
import { checkPackedPath, packSplits } from '../sources/packed-splits.ts';
import type { ReadOptions } from './options.ts';

/**
 * Decodes a data set once and writes it to files that are read fast.
 * @throws ConvoyError as `loadSplits` and `pack`
 */
export async function packData(data: string, file: string, options: ReadOptions, context: Context): Promise<void> {
  checkPackedPath(file);
  const splits = await loadSplits({ data, ...options, skipsBroken: false });
  const paths = await packSplits(splits, file);
  const rows = await Promise.all(
    paths.map(async (path) => [path, `${(await stat(path)).size.toLocaleString('en-US')} bytes`]),
  );
  context.stdout.write(`${formatTable(rows, { left: [0] })}\n`);
}

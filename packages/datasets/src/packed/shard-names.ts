// The files of a packed data set: `photos.safetensors`, or `photos-00001-of-00004.safetensors` … for several shards.
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ConvoyError } from '@convoy/tensor';
import type { OptionCheck } from '@convoy/tensor/checks';
import { describeValue, errorCode, fileError } from '@convoy/tensor/errors';

const EXTENSION = '.safetensors';
const DIGITS = 5;
export const MAX_SHARDS = 10 ** DIGITS - 1;

/** The check of a path that ends in `.safetensors`. */
export const packedPath: OptionCheck<string> = (name, value) => {
  if (typeof value === 'string' && value.endsWith(EXTENSION) && basename(value) !== EXTENSION) return value;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: `a path that ends in ${EXTENSION}`,
    fix: `Pass for example 'photos${EXTENSION}'.`,
  });
};

/** The paths of all shards. */
export function shardPaths(path: string, shards: number): readonly string[] {
  if (shards === 1) return [path];
  const stem = path.slice(0, -EXTENSION.length);
  const digits = (number: number) => String(number).padStart(DIGITS, '0');
  return Array.from({ length: shards }, (_, i) => `${stem}-${digits(i + 1)}-of-${digits(shards)}${EXTENSION}`);
}

/**
 * The paths of the shards of a data set that was packed.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, naming the first missing shard; CONVOY_FILE_FORMAT if there are shards of
 * several data sets; CONVOY_FILE_UNREADABLE
 */
export async function findShards(path: string): Promise<readonly string[]> {
  if (await exists(path)) return [path];
  const present = await shardsBeside(path);
  const counts = [...new Set(present.map((name) => Number(name.slice(-EXTENSION.length - DIGITS, -EXTENSION.length))))];
  const [count] = counts;
  if (count === undefined) {
    throw new ConvoyError('CONVOY_FILE_NOT_FOUND', {
      given: `the path ${JSON.stringify(path)}, where there is no file and no shard`,
      expected: 'a data set that was written by pack',
      fix: 'Check the spelling of the path. Relative paths start at the working directory.',
    });
  }
  if (counts.length > 1) {
    throw new ConvoyError('CONVOY_FILE_FORMAT', {
      given: `shards of several data sets at ${JSON.stringify(path)}, of ${counts.join(' and ')} files`,
      expected: 'the shards of one data set',
      fix: 'Remove the files of the other data sets.',
    });
  }
  const paths = shardPaths(path, count);
  const missing = paths.find((shard) => !present.includes(basename(shard)));
  if (missing === undefined) return paths;
  throw new ConvoyError('CONVOY_FILE_NOT_FOUND', {
    given: `${present.length} of ${count} shards at ${JSON.stringify(path)}, without ${JSON.stringify(missing)}`,
    expected: 'all shards of the data set',
    fix: 'Copy the missing files, or pack the data set again.',
  });
}

/** The file at the path, or one of the shards beside it; undefined if the data set was not packed. */
export async function existingShard(path: string): Promise<string | undefined> {
  if (await exists(path)) return path;
  const [shard] = await shardsBeside(path);
  return shard && join(dirname(path), shard);
}

/** The names of all files that look like shards of the path, sorted. */
async function shardsBeside(path: string): Promise<readonly string[]> {
  const stem = `${basename(path, EXTENSION)}-`;
  const names = await readdir(dirname(path)).catch((cause) => {
    if (errorCode(cause) === 'ENOENT') return [];
    throw fileError('read', path, cause);
  });
  const isShard = (name: string) =>
    name.startsWith(stem) && /^\d{5}-of-\d{5}\.safetensors$/.test(name.slice(stem.length));
  return names.filter(isShard).sort();
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await stat(path)) !== undefined;
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return false;
    throw fileError('read', path, cause);
  }
}

// Looks for the files of a published data set in a directory, by their names.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConvoyError } from '@convoy/tensor';
import { fileError } from '@convoy/tensor/errors';

/** A data set that is published as files with fixed names. */
export interface NamedFiles {
  readonly directory: string;
  /** What the directory must have, such as 'the four IDX files of the data set'. */
  readonly content: string;
  /** How to get the files if they are missing, as a sentence. */
  readonly fix: string;
}

/**
 * The path of the first of these names that is a file, or a link to one.
 * @param what what messages call the file
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE
 */
export async function findFile(files: NamedFiles, what: string, candidates: readonly string[]): Promise<string> {
  const { directory, fix } = files;
  const present = await readdir(directory).catch((cause) => Promise.reject(directoryError(files, cause)));
  const named = candidates.filter((candidate) => present.includes(candidate)).map((name) => join(directory, name));
  for (const path of named) {
    const entry = await stat(path).catch((cause) => Promise.reject(fileError('read', path, cause)));
    if (entry.isFile()) return path;
  }
  const [other] = named;
  throw new ConvoyError('CONVOY_FILE_NOT_FOUND', {
    given: `the directory ${JSON.stringify(directory)}, which has no ${what}${other === undefined ? '' : ` (${JSON.stringify(other)} is no file)`}`,
    expected: candidates.length === 1 ? `the file ${candidates[0]}` : `one of the files ${candidates.join(', ')}`,
    fix,
  });
}

/** If the directory does not exist, the fix says how to get the data set. */
function directoryError({ directory, content, fix }: NamedFiles, cause: unknown): ConvoyError {
  const error = fileError('read', directory, cause);
  if (error.code !== 'CONVOY_FILE_NOT_FOUND') return error;
  return new ConvoyError('CONVOY_FILE_NOT_FOUND', {
    given: `the directory ${JSON.stringify(directory)}, which does not exist`,
    expected: `a directory with ${content}`,
    fix,
    cause,
  });
}

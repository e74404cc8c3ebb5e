// Translates errors of the file system to `ConvoyError`s. This module accesses no files.
import { describeValue } from './describe-value.ts';
import { ConvoyError, type ConvoyErrorCode } from './errors.ts';

/**
 * The `ConvoyError` for a failed attempt to read or write `path`: CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE or
 * CONVOY_FILE_UNWRITABLE.
 * @param cause the error of the file system
 */
export function fileError(attempt: 'read' | 'write', path: string, cause: unknown): ConvoyError {
  const reason = errorCode(cause) ?? '';
  const report = errorMessage(cause);
  return new ConvoyError(codeOf(attempt, reason), {
    given: `the path ${JSON.stringify(path)}, for which the file system reports ${report}`,
    expected: attempt === 'read' ? 'a file that can be read' : 'a path where a file can be written',
    fix: fixes[reason] ?? 'Correct the path, or choose another.',
    cause,
  });
}

/**
 * The `code` of an error of Node, such as 'ENOENT'; undefined for a value without one. It looks at no class, because
 * the errors of another realm, such as a `node:vm` context, are not instances of this realm's `Error`.
 */
export function errorCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The message of an error of any realm, or a short text for another value. */
export function errorMessage(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  return typeof message === 'string' ? message : describeValue(error);
}

function codeOf(attempt: 'read' | 'write', reason: string): ConvoyErrorCode {
  if (attempt === 'write') return 'CONVOY_FILE_UNWRITABLE';
  return reason === 'ENOENT' || reason === 'ENOTDIR' ? 'CONVOY_FILE_NOT_FOUND' : 'CONVOY_FILE_UNREADABLE';
}

const fixes: Readonly<Record<string, string>> = {
  ENOENT: 'Check the spelling of the path. Relative paths start at the working directory.',
  EACCES: 'Give this process the permission, or choose another path.',
  EISDIR: 'Pass the path of a file. This is a directory.',
  ENOSPC: 'Free space on the disk, or choose another path.',
};

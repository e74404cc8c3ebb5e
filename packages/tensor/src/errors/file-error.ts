// Translates errors of the file system to `ConvoyError`s. This module accesses no files.
import { hasCode, isError } from '../builtins.ts';
import { describeValue } from './describe-value.ts';
import { ConvoyError, type ConvoyErrorCode } from './errors.ts';

/**
 * The `ConvoyError` for a failed attempt to read or write `path`: CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE or
 * CONVOY_FILE_UNWRITABLE.
 * @param cause the error of the file system
 */
export function fileError(attempt: 'read' | 'write', path: string, cause: unknown): ConvoyError {
  const reason = hasCode(cause) ? String(cause.code) : '';
  const report = isError(cause) ? cause.message : describeValue(cause);
  return new ConvoyError(codeOf(attempt, reason), {
    given: `the path ${JSON.stringify(path)}, for which the file system reports ${report}`,
    expected: attempt === 'read' ? 'a file that can be read' : 'a path where a file can be written',
    fix: fixes[reason] ?? 'Correct the path, or choose another.',
    cause,
  });
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

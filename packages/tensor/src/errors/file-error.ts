// What the file system reports, as a `ConvoyError`. Only the translation: no file is touched here.
import { describeValue } from './describe-value.ts';
import { ConvoyError, type ConvoyErrorCode } from './errors.ts';

/** A `ConvoyError` for a failed attempt to read or write `path`, with the failure as its cause. */
export function fileError(attempt: 'read' | 'write', path: string, cause: unknown): ConvoyError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const report = cause instanceof Error ? cause.message : describeValue(cause);
  return new ConvoyError(codeOf(attempt, reason), {
    given: `the path ${JSON.stringify(path)}, where the file system reports ${report}`,
    expected: attempt === 'read' ? 'a file that can be read' : 'a place where a file can be written',
    fix: mends[reason] ?? 'Correct the path, or choose another.',
    cause,
  });
}

function codeOf(attempt: 'read' | 'write', reason: string): ConvoyErrorCode {
  if (attempt === 'write') return 'CONVOY_FILE_UNWRITABLE';
  return reason === 'ENOENT' || reason === 'ENOTDIR' ? 'CONVOY_FILE_NOT_FOUND' : 'CONVOY_FILE_UNREADABLE';
}

const mends: Readonly<Record<string, string>> = {
  ENOENT: 'Check the spelling of the path; relative paths start at the working directory.',
  EACCES: 'Give this process the permission, or choose another path.',
  EISDIR: 'Name a file; this is a directory.',
  ENOSPC: 'Free space on the disk, or choose another path.',
};

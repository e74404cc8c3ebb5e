// The directory of a run's checkpoints, which is checked before the run starts.
import { readdir } from 'node:fs/promises';
import { ConvoyError, fileError } from '@convoy/tensor/errors';
import { makeDirectory } from './output-directory.ts';

/** The files that the callback `checkpoint` writes. */
const CHECKPOINT = /^step-\d+\.safetensors$/;

/**
 * Creates the directory if it is missing, and only looks at one that exists: another run may be using it. If it has checkpoints, the run must resume from them, because the checkpoints
 * of two runs in one directory cannot be told apart.
 * @throws ConvoyError CONVOY_FILE_UNWRITABLE, CONVOY_FILE_UNREADABLE, CONVOY_INVALID_OPTION
 */
export async function prepareCheckpointDirectory(directory: string, resume: boolean): Promise<void> {
  await makeDirectory(directory).catch((cause) => Promise.reject(fileError('write', directory, cause)));
  if (resume) return;
  const files = await readdir(directory).catch((cause) => Promise.reject(fileError('read', directory, cause)));
  const found = files.find((file) => CHECKPOINT.test(file));
  if (found === undefined) return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `--checkpoints ${JSON.stringify(directory)}, which contains ${found}`,
    expected: 'a directory without checkpoints, or --resume',
    fix: 'Pass --resume to continue that run, or another directory for a new run.',
  });
}

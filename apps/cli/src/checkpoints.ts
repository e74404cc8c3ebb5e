// The directory of a run's checkpoints, before the run.
import { readdir } from 'node:fs/promises';
import { ConvoyError } from '@convoy/tensor';
import { fileError } from '@convoy/tensor/errors';
import { prepareDirectory } from './output-directory.ts';

/** The files that `checkpoint` writes. */
const CHECKPOINT = /^step-\d+\.safetensors$/;

/**
 * Makes the directory unless it exists. Only a run that is resumed may find checkpoints in it: those of another run would be taken for its own.
 * @throws ConvoyError CONVOY_FILE_UNWRITABLE, CONVOY_FILE_UNREADABLE, CONVOY_INVALID_OPTION
 */
export async function prepareCheckpoints(directory: string, resume: boolean): Promise<void> {
  await prepareDirectory(directory);
  if (resume) return;
  const files = await readdir(directory).catch((cause) => Promise.reject(fileError('read', directory, cause)));
  const found = files.find((file) => CHECKPOINT.test(file));
  if (found === undefined) return;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `--checkpoints ${JSON.stringify(directory)}, which has ${found}`,
    expected: 'a directory without checkpoints, or --resume',
    fix: 'Pass --resume to go on with that run, or name another directory for a new one.',
  });
}

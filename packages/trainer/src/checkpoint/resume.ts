// Finds and checks the checkpoint from which a run is resumed.
import { stat } from 'node:fs/promises';
import { ConvoyError } from '@convoy/tensor';
import { errorCode, fileError } from '@convoy/tensor/errors';
import { latestCheckpoint, loadCheckpoint } from './checkpoint-files.ts';
import { assertSameRun, assertWithin } from './compatibility.ts';
import type { RunConfiguration, TrainingSnapshot } from './snapshot.ts';

/** A checkpoint and its file. */
interface Found {
  readonly file: string;
  readonly snapshot: TrainingSnapshot;
}

/**
 * The checkpoint at the path, or the last one in it if it is a directory.
 * @param epochs all epochs of the run
 * @returns undefined if the directory has no checkpoint or does not exist
 * @throws ConvoyError CONVOY_CHECKPOINT_MISMATCH if it is of another run; CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT,
 * CONVOY_OUT_OF_MEMORY
 */
export async function snapshotToResume(
  path: string,
  configuration: RunConfiguration,
  epochs: number,
): Promise<TrainingSnapshot | undefined> {
  const found = await checkpointAt(path);
  if (found === undefined) return undefined;
  const { file, snapshot } = found;
  assertSameRun(snapshot.configuration, configuration, file);
  assertWithin(epochs, snapshot);
  return snapshot;
}

/**
 * Reads the checkpoint at the path, or the last one in it if it is a directory. Nothing is written or removed.
 * @returns undefined if the directory has no checkpoint or does not exist
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT, CONVOY_OUT_OF_MEMORY
 */
export async function checkpointAt(path: string): Promise<Found | undefined> {
  const entry = await stat(path).catch((cause) => {
    if (errorCode(cause) === 'ENOENT') return undefined;
    throw fileError('read', path, cause);
  });
  if (entry?.isDirectory()) return latestIn(path);
  if (entry === undefined && !path.endsWith('.safetensors')) return undefined;
  return { file: path, snapshot: await loadCheckpoint(path) };
}

async function latestIn(directory: string): Promise<Found | undefined> {
  for (let last: string | undefined; ; ) {
    const file = await latestCheckpoint(directory);
    if (file === undefined) return undefined;
    try {
      return { file, snapshot: await loadCheckpoint(file) };
    } catch (error) {
      // A run that writes to the directory may have removed it in the meantime. Then there is a later one.
      const wasRemoved = error instanceof ConvoyError && error.code === 'CONVOY_FILE_NOT_FOUND' && file !== last;
      if (!wasRemoved) throw error;
      last = file;
    }
  }
}

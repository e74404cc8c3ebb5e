// Finds and checks the checkpoint from which a run is resumed.
import { stat } from 'node:fs/promises';
import { CheckpointDirectory, loadCheckpoint } from './checkpoint-directory.ts';
import { assertSameRun, assertWithin } from './compatibility.ts';
import type { RunConfiguration, TrainingSnapshot } from './snapshot.ts';

/**
 * The checkpoint at the path, or the last one in it if it is a directory.
 * @param epochs all epochs of the run
 * @returns undefined if the directory has no checkpoint or does not exist
 * @throws ConvoyError CONVOY_CHECKPOINT_MISMATCH if it is of another run; CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT
 */
export async function snapshotToResume(
  path: string,
  configuration: RunConfiguration,
  epochs: number,
): Promise<TrainingSnapshot | undefined> {
  const file = await checkpointAt(path);
  if (file === undefined) return undefined;
  const snapshot = await loadCheckpoint(file);
  assertSameRun(snapshot.configuration, configuration, file);
  assertWithin(epochs, snapshot);
  return snapshot;
}

async function checkpointAt(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return (await CheckpointDirectory.open(path, 1)).latest();
  return found || path.endsWith('.safetensors') ? path : undefined;
}

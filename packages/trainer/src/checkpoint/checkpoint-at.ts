// Finds the checkpoint that a path names.
import { stat } from 'node:fs/promises';
import { CheckpointDirectory } from './checkpoint-directory.ts';

/**
 * The path itself, or the last checkpoint in it if it is a directory; undefined if that has none or does not exist.
 * @throws ConvoyError CONVOY_FILE_UNREADABLE
 */
export async function checkpointAt(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return (await CheckpointDirectory.open(path, 1)).latest();
  return found || path.endsWith('.safetensors') ? path : undefined;
}

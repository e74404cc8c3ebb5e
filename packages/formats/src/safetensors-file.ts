// safetensors on disk.
import { readFile } from 'node:fs/promises';
import { fileError } from '@convoy/tensor';
import { writeDurably } from './durable-file.ts';
import { decodeSafetensors, encodeSafetensors, type NamedTensors, type Safetensors } from './safetensors.ts';

/**
 * Writes a safetensors file: to a temporary file beside it, synced and renamed, so `path` never holds a part of it.
 * @throws ConvoyError CONVOY_FILE_UNWRITABLE, and what `encodeSafetensors` throws
 */
export async function writeSafetensors(
  path: string,
  tensors: NamedTensors,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  const bytes = encodeSafetensors(tensors, metadata);
  try {
    await writeDurably(path, bytes);
  } catch (cause) {
    throw fileError('write', path, cause);
  }
}

/**
 * Reads a safetensors file.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, and what `decodeSafetensors` throws
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  const bytes = await readFile(path).catch((cause) => Promise.reject(fileError('read', path, cause)));
  return decodeSafetensors(bytes, `the file ${JSON.stringify(path)}`);
}

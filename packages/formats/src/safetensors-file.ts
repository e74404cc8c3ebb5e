// Reads and writes safetensors files.
import { type FileHandle, open } from 'node:fs/promises';
import { ConvoyError, Tensor } from '@convoy/tensor';
import { fileError } from '@convoy/tensor/errors';
import { writeDurably } from './durable-file.ts';
import {
  decodeDataStart,
  encodeSafetensors,
  LENGTH_BYTES,
  type NamedTensors,
  type Safetensors,
} from './safetensors.ts';
import { decodeHeader } from './safetensors-header.ts';

/**
 * Writes a safetensors file. The bytes go to a temporary file in the same directory, which is synced and renamed, so
 * `path` never contains only a part of them.
 *
 * ```ts
 * await writeSafetensors('model.safetensors', { 'conv1.kernel': kernel }, { epoch: '3' });
 * const { tensors } = await readSafetensors('model.safetensors');
 * ```
 * @throws ConvoyError CONVOY_FILE_UNWRITABLE, and the errors of `encodeSafetensors`
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

/** Options of `readSafetensors`. */
export interface ReadOptions {
  /** Whether the tensors use shared memory, so that workers and data sets need no copy. Default false. */
  readonly shared?: boolean;
}

/**
 * Reads a safetensors file. Each tensor is read directly into its own memory, so the file is never in memory as a
 * whole.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, and the errors of `decodeSafetensors`
 */
export async function readSafetensors(path: string, { shared = false }: ReadOptions = {}): Promise<Safetensors> {
  try {
    const file = await open(path);
    try {
      return await readFrom(file, `the file ${JSON.stringify(path)}`, shared);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw cause instanceof ConvoyError ? cause : fileError('read', path, cause);
  }
}

async function readFrom(file: FileHandle, path: string, shared: boolean): Promise<Safetensors> {
  const { size } = await file.stat();
  const source = `${path} of ${size} bytes`;
  const length = new Uint8Array(LENGTH_BYTES);
  await fill(length.subarray(0, size), file, 0);
  const dataStart = decodeDataStart(length, size, source);
  const text = new Uint8Array(dataStart - LENGTH_BYTES);
  await fill(text, file, LENGTH_BYTES);
  const { entries, metadata } = decodeHeader(text, size - dataStart, source);
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, begin, end } of entries) {
    const bytes = end - begin;
    const data = new Float32Array(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
    await fill(new Uint8Array(data.buffer), file, dataStart + begin);
    tensors.set(name, new Tensor(data, shape));
  }
  return { tensors, metadata };
}

/** Fills `bytes` from the file, beginning at `position`. */
async function fill(bytes: Uint8Array, file: FileHandle, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    done += bytesRead;
  }
}

// Reads and writes safetensors files.
import { type FileHandle, open } from 'node:fs/promises';
import { ConvoyError, Tensor } from '@convoy/tensor';
import { checkOptions, flag, optional, text } from '@convoy/tensor/checks';
import { fileError } from '@convoy/tensor/errors';
import { createBuffer, createSharedBuffer } from '@convoy/tensor/memory';
import { chunksOf } from './chunks.ts';
import { writeDurably } from './durable-file.ts';
import {
  decodeDataStart,
  encodeParts,
  LENGTH_BYTES,
  type NamedTensors,
  type Safetensors,
  type SafetensorsParts,
} from './safetensors.ts';
import { decodeHeader, type ElementType, type Header } from './safetensors-header.ts';

/**
 * Writes a safetensors file of any size. The bytes go to a temporary file in the same directory, which is synced and
 * renamed, so `path` never contains only a part of them. The tensors must not change before the promise resolves.
 *
 * ```ts
 * await writeSafetensors('model.safetensors', { 'conv1.kernel': kernel }, { epoch: '3' });
 * const { tensors } = await readSafetensors('model.safetensors');
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_UNWRITABLE, and the errors of `encodeSafetensors`
 */
export async function writeSafetensors(
  path: string,
  tensors: NamedTensors,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  text('path', path);
  await writeDurably(path, encodeParts(tensors, metadata));
}

/** Options of `readSafetensors`. */
export interface ReadOptions {
  /** Whether the tensors use shared memory, so that workers and data sets need no copy. Default false. */
  readonly shared?: boolean;
}

/**
 * Reads a safetensors file of any size. Each tensor is read directly into its own memory, so the file is never in
 * memory as a whole.
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_OUT_OF_MEMORY, and the
 * errors of `decodeSafetensors`
 */
export async function readSafetensors(path: string, options?: ReadOptions): Promise<Safetensors> {
  const { tensors, metadata } = await readParts(path, options);
  return { tensors, metadata };
}

/**
 * `readSafetensors` with the head of the file.
 * @throws ConvoyError as `readSafetensors`
 */
export async function readParts(path: string, options?: ReadOptions): Promise<SafetensorsParts> {
  text('path', path);
  const { shared } = checkOptions('readSafetensors', options, { shared: optional(flag, false) });
  try {
    const file = await open(path);
    try {
      return await readFrom(file, `the file ${JSON.stringify(path)}`, shared ? createSharedBuffer : createBuffer);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw cause instanceof ConvoyError ? cause : fileError('read', path, cause);
  }
}

async function readFrom(
  file: FileHandle,
  path: string,
  allocate: typeof createBuffer | typeof createSharedBuffer,
): Promise<SafetensorsParts> {
  const { head, entries, metadata, dataStart } = await readHead(file, path);
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, begin, end } of entries) {
    const buffer = allocate({
      what: `the tensor ${JSON.stringify(name)} of ${path}`,
      bytes: end - begin,
      fix: 'Read the file on a machine with more memory.',
    });
    await fill(new Uint8Array(buffer), file, dataStart + begin);
    tensors.set(name, new Tensor(new Float32Array(buffer), shape));
  }
  return { head, tensors, metadata };
}

/** The head of an open file. */
export interface Head extends Header {
  /** Everything before the data, byte by byte. */
  readonly head: Uint8Array;
  /** The position of the data in the file. */
  readonly dataStart: number;
}

/**
 * Reads and checks the head of an open file.
 * @param path what messages call the file
 * @param types the types that tensors may have
 * @throws ConvoyError CONVOY_FILE_FORMAT; Error of the file system
 */
export async function readHead(file: FileHandle, path: string, types?: readonly ElementType[]): Promise<Head> {
  const { size } = await file.stat();
  const source = `${path} of ${size} bytes`;
  const length = new Uint8Array(LENGTH_BYTES);
  await fill(length.subarray(0, size), file, 0);
  const dataStart = decodeDataStart(length, size, source);
  const head = new Uint8Array(dataStart);
  await fill(head, file, 0);
  return { head, dataStart, ...decodeHeader(head.subarray(LENGTH_BYTES), size - dataStart, source, types) };
}

/** Fills `bytes` from the file, beginning at `position`. */
export async function fill(bytes: Uint8Array, file: FileHandle, position: number): Promise<void> {
  let next = position;
  for (const chunk of chunksOf(bytes)) {
    for (let done = 0; done < chunk.length; ) {
      const { bytesRead } = await file.read(chunk, done, chunk.length - done, next);
      if (bytesRead === 0) throw new Error('the file became shorter while it was read');
      done += bytesRead;
      next += bytesRead;
    }
  }
}

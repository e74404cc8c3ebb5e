// A shard of a packed data set: its description, its place in the set, and its bytes.
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type Entry, fill, readHead } from '@convoy/formats/parts';
import { ConvoyError, type Shape, sameShape } from '@convoy/tensor';
import { fileError } from '@convoy/tensor/errors';
import { checkedShape } from '../dataset/create-dataset.ts';
import { DESCRIPTION, damaged, decodeDescription, HASH, type ShardDescription } from './shard-description.ts';

/** What is known of a shard when its head was read. */
export interface PackedShard {
  readonly path: string;
  readonly description: ShardDescription;
  /** The text of the description, which the hash covers. */
  readonly text: string;
  readonly hash: string;
  /** The number of its samples. */
  readonly count: number;
  readonly samples: Entry;
  readonly targets: Entry;
  /** The position of the data in the file. */
  readonly dataStart: number;
}

/** What messages call a shard. */
export const nameOf = (path: string) => `the file ${JSON.stringify(path)}`;

/**
 * Does something with an open shard.
 * @throws ConvoyError what it throws, or why the file cannot be read
 */
export async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    const file = await open(path);
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw cause instanceof ConvoyError ? cause : fileError('read', path, cause);
  }
}

/** @throws ConvoyError CONVOY_FILE_FORMAT; Error of the file system */
export async function readShard(path: string, file: FileHandle): Promise<PackedShard> {
  const name = nameOf(path);
  const { entries, metadata, dataStart } = await readHead(file, name, ['U8', 'F32', 'I32']);
  const description = decodeDescription(metadata, name);
  const [samples, targets, ...others] = entries;
  const { sampleShape, targets: form } = description;
  const count = samples?.shape[0];
  const areExpected =
    samples?.name === 'samples' &&
    samples.type !== 'I32' &&
    targets?.name === form.kind &&
    (targets.type === 'F32') === (form.kind === 'values') &&
    others.length === 0;
  if (!areExpected || !count) {
    throw damaged(
      name,
      `with ${entries.map((entry) => entry.name).join(', ') || 'no tensors'}`,
      'samples, and their labels or values',
    );
  }
  if (!isOf(samples, count, sampleShape) || !isOf(targets, count, form.shape)) {
    throw damaged(
      name,
      'with tensors of other shapes than it says',
      'the same number of samples and targets, of these shapes',
    );
  }
  const { [DESCRIPTION]: text = '', [HASH]: hash = '' } = metadata;
  return { path, description, text, hash, count, samples, targets, dataStart };
}

function isOf({ shape }: Entry, count: number, ofOne: Shape): boolean {
  try {
    return sameShape(shape, [count, ...checkedShape('shape', ofOne)]);
  } catch {
    return false;
  }
}

/**
 * Reads the bytes of a shard in their order, in pieces.
 * @param samples gets the bytes of the samples, if it is there
 * @param targets gets the bytes of the targets
 * @param verify whether all bytes are compared with the hash
 * @throws ConvoyError CONVOY_FILE_FORMAT for damaged bytes; Error of the file system
 */
export async function readBytes(
  shard: PackedShard,
  file: FileHandle,
  samples: Uint8Array | undefined,
  targets: Uint8Array,
  verify: boolean,
): Promise<void> {
  const hash = verify ? createHash('sha256').update(shard.text) : undefined;
  if (samples || hash) await readEntry(shard, file, shard.samples, samples, hash);
  await readEntry(shard, file, shard.targets, targets, hash);
  if (!hash || hash.digest('hex') === shard.hash) return;
  throw damaged(nameOf(shard.path), 'whose bytes are damaged', 'bytes with the SHA-256 in its metadata');
}

/** Large enough for the full speed of a disk. */
const PIECE_BYTES = 2 ** 22;

async function readEntry(
  { dataStart }: PackedShard,
  file: FileHandle,
  { begin, end }: Entry,
  into: Uint8Array | undefined,
  hash: Hash | undefined,
): Promise<void> {
  // A hash takes no shared memory.
  const piece = new Uint8Array(Math.min(PIECE_BYTES, end - begin));
  for (let position = begin; position < end; position += piece.length) {
    const bytes = piece.subarray(0, end - position);
    await fill(bytes, file, dataStart + position);
    hash?.update(bytes);
    into?.set(bytes, position - begin);
  }
}

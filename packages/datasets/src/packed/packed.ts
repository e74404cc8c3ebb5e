// Reads data sets that `pack` has written.
import { resolve } from 'node:path';
import { sizeOf } from '@convoy/tensor';
import { checkOptions, flag, optional } from '@convoy/tensor/checks';
import { checkedTargets } from '../dataset/create-dataset.ts';
import type { Dataset, ReadSource, Source, StoredDataset } from '../dataset/dataset.ts';
import { normalizationChoice, normalizationOf } from '../dataset/normalization.ts';
import { allocateShared } from '../dataset/shared-array.ts';
import type { PackedReaderOptions } from './packed-reader.ts';
import { nameOf, type PackedShard, readBytes, readShard, withFile } from './packed-shard.ts';
import { damaged } from './shard-description.ts';
import { findShards, packedPath } from './shard-names.ts';

/** Options of `packed`. */
export interface PackedOptions {
  /** Whether all samples are read into memory now. Default: false, they are read when they are needed. */
  readonly inMemory?: boolean;
  /** Whether all bytes are read once and compared with their SHA-256. Default: true. */
  readonly verify?: boolean;
}

// Neither a compiler nor Node rewrites the extension in a URL: it is the one of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const READER = new URL(`./packed-reader.${extension}`, import.meta.url).href;

/**
 * Reads a data set that `pack` has written, in the same order and with the same bits.
 *
 * ```ts
 * const photos = await packed('photos.safetensors');
 * ```
 * @param path as it was passed to `pack`, also where there are several shards
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND for a missing shard; CONVOY_FILE_FORMAT for damaged, truncated and foreign files
 * and for shards of different data sets, naming the file; CONVOY_FILE_UNREADABLE, CONVOY_INVALID_OPTION,
 * CONVOY_OUT_OF_MEMORY
 */
export async function packed(
  path: string,
  options: PackedOptions & { readonly inMemory: true },
): Promise<StoredDataset>;
export async function packed(path: string, options?: PackedOptions): Promise<Dataset>;
export async function packed(path: string, options?: PackedOptions): Promise<Dataset> {
  packedPath('path', path);
  const checks = { inMemory: optional(flag, false), verify: optional(flag, true) };
  const { inMemory, verify } = checkOptions<PackedOptions, typeof checks>('packed', options, checks);
  const shards: PackedShard[] = [];
  for (const shard of await findShards(path)) {
    shards.push(await withFile(shard, (file) => readShard(shard, file)));
  }
  checkSet(shards);
  const [first] = shards as [PackedShard];
  const samples = inMemory ? new Uint8Array(allocateShared(bytesIn(shards, 'samples'))) : undefined;
  const targets = new Uint8Array(allocateShared(bytesIn(shards, 'targets')));
  let [sampleBytes, targetBytes] = [0, 0];
  for (const shard of shards) {
    const [samplesOfShard, targetsOfShard] = [samples?.subarray(sampleBytes), targets.subarray(targetBytes)];
    await withFile(shard.path, (file) => readBytes(shard, file, samplesOfShard, targetsOfShard, verify));
    sampleBytes += sizeOfEntry(shard, 'samples');
    targetBytes += sizeOfEntry(shard, 'targets');
  }
  return datasetOf(first, samples ? storedSource(first, samples) : readSource(shards), targets.buffer);
}

/** @throws ConvoyError CONVOY_FILE_FORMAT unless the shards are all shards of one data set, in their order */
function checkSet(shards: readonly PackedShard[]): void {
  const [first] = shards as [PackedShard];
  for (const [i, { path, count, description, samples, targets }] of shards.entries()) {
    const { shard, shards: number } = description;
    if (shard !== i + 1 || number !== shards.length) {
      throw damaged(
        nameOf(path),
        `that is shard ${shard} of ${number}`,
        `shard ${i + 1} of ${shards.length}, as its name says`,
      );
    }
    const follows = description.previous === (shards[i - 1]?.hash ?? '');
    const isAlike = samples.type === first.samples.type && targets.type === first.targets.type;
    const isFull = i === shards.length - 1 ? count <= first.count : count === first.count;
    if (!follows || !isAlike || !isFull || formOf(description) !== formOf(first.description)) {
      throw damaged(nameOf(path), 'of another data set than the shards before it', 'shards of one data set');
    }
  }
  const total = shards.reduce((sum, { count }) => sum + count, 0);
  if (total !== first.description.length) {
    throw damaged(nameOf(first.path), `with ${total} samples in all shards`, `${first.description.length}, as it says`);
  }
}

/** What all descriptions have in common. */
const formOf = ({ length, sampleShape, targets, normalization }: PackedShard['description']) =>
  JSON.stringify([length, sampleShape, targets, normalization]);

const sizeOfEntry = (shard: PackedShard, entry: 'samples' | 'targets') => shard[entry].end - shard[entry].begin;

const bytesIn = (shards: readonly PackedShard[], entry: 'samples' | 'targets') =>
  shards.reduce((sum, shard) => sum + sizeOfEntry(shard, entry), 0);

const elementOfType = ({ type }: PackedShard['samples']): ReadSource['element'] =>
  type === 'U8' ? 'uint8' : 'float32';

const storedSource = ({ samples: { type } }: PackedShard, { buffer }: Uint8Array<SharedArrayBuffer>): Source => ({
  kind: 'stored',
  samples: type === 'U8' ? new Uint8Array(buffer) : new Float32Array(buffer),
});

function readSource(shards: readonly PackedShard[]): ReadSource {
  const [{ samples, count, description }] = shards as [PackedShard];
  const isBytes = samples.type === 'U8';
  const options: PackedReaderOptions = {
    shards: shards.map(({ path, dataStart, samples }, i) => ({
      path: resolve(path),
      first: i * count,
      position: dataStart + samples.begin,
    })),
    perShard: count,
    rowBytes: sizeOf(description.sampleShape) * (isBytes ? 1 : 4),
  };
  return { kind: 'read', element: elementOfType(samples), module: READER, options };
}

/** The numbers of the description are checked like those that a user passes. */
function datasetOf(
  { path, description, samples, targets: { type } }: PackedShard,
  source: Source,
  buffer: SharedArrayBuffer,
): Dataset {
  const { length, sampleShape, targets, normalization } = description;
  const numbers =
    type === 'U8' ? new Uint8Array(buffer) : type === 'I32' ? new Int32Array(buffer) : new Float32Array(buffer);
  const form = { sampleShape, element: elementOfType(samples) };
  const none = () => ({ mean: [], std: [] });
  try {
    return {
      length,
      sampleShape,
      source,
      targets: checkedTargets({ ...targets, [targets.kind]: numbers }, length),
      normalization: normalizationOf(normalizationChoice('normalization', normalization), form, none),
    };
  } catch (cause) {
    throw damaged(nameOf(path), 'with a wrong description', 'targets and a normalization that fit the samples', cause);
  }
}

// Writes a data set to files from which it can be read fast, with the same bits.
import { rm } from 'node:fs/promises';
import { writeDurably } from '@convoy/formats';
import { type Entry, encodeHead } from '@convoy/formats/parts';
import { ConvoyError, positiveInteger, sizeOf } from '@convoy/tensor';
import { isUint8Array } from '@convoy/tensor/builtins';
import { checkOptions, optional } from '@convoy/tensor/checks';
import { createBuffer } from '@convoy/tensor/memory';
import type { Dataset } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import { openRows, type Rows } from '../dataset/open-rows.ts';
import { elementOf } from '../dataset/source.ts';
import { DESCRIPTION, encodeDescription, HASH, hashOf } from './shard-description.ts';
import { existingShard, MAX_SHARDS, packedPath, shardPaths } from './shard-names.ts';

/** Options of `pack`. */
export interface PackOptions {
  /** The most bytes of samples in a file; at least one sample is in each. Default 256 MiB. */
  readonly shardBytes?: number;
}

const SHARD_BYTES = 2 ** 28;

/**
 * Writes a data set to a safetensors file, or to several: samples as they are after decoding and before normalization, in
 * their order, with targets, class names and normalization. `packed` reads it again, with the same bits. An existing
 * file is never replaced. If it fails, no file is left; if the process is killed, an incomplete set is left, which
 * `packed` refuses.
 *
 * ```ts
 * const { train } = await imageFolder('photos', { size: 32 });
 * await pack(train, 'photos.safetensors');
 * const photos = await packed('photos.safetensors');
 * ```
 * @param path ends in `.safetensors`; of several shards, the names are `photos-00001-of-00004.safetensors` …
 * @returns the paths of the files
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_INVALID_DATA, CONVOY_FILE_UNWRITABLE, CONVOY_OUT_OF_MEMORY, and the
 * errors of the reader
 */
export async function pack(dataset: Dataset, path: string, options?: PackOptions): Promise<readonly string[]> {
  const { length, sampleShape, source } = checkDataset('the data set', dataset);
  packedPath('path', path);
  const { shardBytes } = checkOptions('pack', options, { shardBytes: optional(wholeBytes, SHARD_BYTES) });
  const rowBytes = sizeOf(sampleShape) * (elementOf(source) === 'uint8' ? 1 : 4);
  const perShard = Math.max(1, Math.floor(shardBytes / rowBytes));
  const paths = shardPaths(path, shardsFor(length, perShard));
  const existing = await existingShard(path);
  if (existing !== undefined) throw alreadyExists(existing);
  const rows = await openRows(dataset);
  const written: string[] = [];
  try {
    let previous = '';
    for (const [i, shard] of paths.entries()) {
      const start = i * perShard;
      const place = { shard: i + 1, shards: paths.length, previous };
      const content = await shardOf(dataset, rows, start, Math.min(length, start + perShard), place);
      await writeDurably(shard, content.parts);
      written.push(shard);
      previous = content.hash;
    }
  } catch (error) {
    // Report the first error, even if a file cannot be removed.
    await Promise.allSettled(written.map((shard) => rm(shard, { force: true })));
    throw error;
  } finally {
    await rows.close();
  }
  return paths;
}

const wholeBytes = (name: string, value: unknown) => positiveInteger(name, value, Number.MAX_SAFE_INTEGER);

interface ShardPlace {
  readonly shard: number;
  readonly shards: number;
  readonly previous: string;
}

/** The parts of the file with the samples `start` to `end − 1`, and their hash. */
async function shardOf(dataset: Dataset, rows: Rows, start: number, end: number, place: ShardPlace) {
  const { length, sampleShape, source, targets, normalization } = dataset;
  const count = end - start;
  const samples = await readSamples(rows, start, end, sizeOf(sampleShape), elementOf(source));
  const size = sizeOf(targets.shape);
  const all = targets.kind === 'labels' ? targets.labels : targets.values;
  const ofShard = all.subarray(start * size, end * size);
  const { labels: _, values: __, ...form } = targets as typeof targets & { labels?: unknown; values?: unknown };
  const description = encodeDescription({ ...place, length, sampleShape, targets: form, normalization });
  const data = [samples, ofShard].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  const [sampleBytes, targetBytes] = [samples.byteLength, ofShard.byteLength];
  const entries: Entry[] = [
    {
      name: 'samples',
      type: isUint8Array(samples) ? 'U8' : 'F32',
      shape: [count, ...sampleShape],
      begin: 0,
      end: sampleBytes,
    },
    {
      name: targets.kind,
      type: targets.kind === 'values' ? 'F32' : isUint8Array(all) ? 'U8' : 'I32',
      shape: [count, ...targets.shape],
      begin: sampleBytes,
      end: sampleBytes + targetBytes,
    },
  ];
  const hash = hashOf(description, data);
  const head = encodeHead({ entries, metadata: { [DESCRIPTION]: description, [HASH]: hash } });
  return { parts: [head, ...data], hash };
}

async function readSamples(
  rows: Rows,
  start: number,
  end: number,
  size: number,
  element: ReturnType<typeof elementOf>,
): Promise<Uint8Array | Float32Array> {
  const count = (end - start) * size;
  const isBytes = element === 'uint8';
  const fix = 'Pass a smaller shardBytes.';
  const buffer = createBuffer({ what: 'the samples of a shard', bytes: isBytes ? count : 4 * count, fix });
  const samples = isBytes ? new Uint8Array(buffer) : new Float32Array(buffer);
  for (let i = start; i < end; i++) await rows.read(i, samples.subarray((i - start) * size, (i - start + 1) * size));
  return samples;
}

function shardsFor(length: number, perShard: number): number {
  const shards = Math.ceil(length / perShard);
  if (shards <= MAX_SHARDS) return shards;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `shardBytes for ${shards} files`,
    expected: `at most ${MAX_SHARDS} files`,
    fix: 'Raise shardBytes.',
  });
}

const alreadyExists = (path: string) =>
  new ConvoyError('CONVOY_FILE_UNWRITABLE', {
    given: `the path ${JSON.stringify(path)}, where there is a file`,
    expected: 'a path without files of a packed data set',
    fix: 'Remove the file, which may be the rest of a pack that was interrupted, or choose another path.',
  });

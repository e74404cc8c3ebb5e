// What a shard says of itself in the metadata of its file. Together with its samples and targets it is protected by a
// SHA-256, and names that of the shard before it, so that shards of different data sets cannot be mixed.
import { createHash } from 'node:crypto';
import { chunksOf } from '@convoy/formats/parts';
import { ConvoyError, type Shape } from '@convoy/tensor';
import { isObject } from '@convoy/tensor/builtins';
import { errorMessage } from '@convoy/tensor/errors';
import type { Labels, Normalization, Values } from '../dataset/dataset.ts';

/** Version of the format. */
const VERSION = 1;
/** The keys of the metadata. */
export const DESCRIPTION = 'convoy.packed';
export const HASH = 'sha256';

/** The metadata of a shard. */
export interface ShardDescription {
  readonly version: typeof VERSION;
  /** The number of the shard, from 1, and the number of all shards. */
  readonly shard: number;
  readonly shards: number;
  /** The SHA-256 of the shard before this one; '' for the first one. */
  readonly previous: string;
  /** The number of samples of all shards. */
  readonly length: number;
  readonly sampleShape: Shape;
  /** The targets without their numbers. */
  readonly targets: Omit<Labels, 'labels'> | Omit<Values, 'values'>;
  readonly normalization: Normalization;
}

/** The text of a description, which the hash covers. */
export function encodeDescription({ normalization, ...description }: Omit<ShardDescription, 'version'>): string {
  const { scale, offset } = normalization;
  const text = JSON.stringify({ version: VERSION, ...description });
  return `${text.slice(0, -1)},"normalization":{"scale":${numbersAsJson(scale)},"offset":${numbersAsJson(offset)}}}`;
}

/** `JSON.stringify` writes −0 as 0. */
const numbersAsJson = (numbers: readonly number[]) =>
  `[${numbers.map((number) => (Object.is(number, -0) ? '-0' : JSON.stringify(number))).join()}]`;

/**
 * Reads a description. Its numbers are checked where they are used.
 * @throws ConvoyError CONVOY_FILE_FORMAT
 */
export function decodeDescription(metadata: Readonly<Record<string, string>>, file: string): ShardDescription {
  const { [DESCRIPTION]: text, [HASH]: hash } = metadata;
  if (text === undefined || hash === undefined) {
    throw damaged(file, 'without the metadata of packed data', `${DESCRIPTION} and ${HASH}`);
  }
  let description: unknown;
  try {
    description = JSON.parse(text);
  } catch (cause) {
    throw damaged(file, 'with a description that cannot be parsed', 'JSON', cause);
  }
  if (isObject(description) && isShardDescription(description as Partial<ShardDescription>)) {
    return description as ShardDescription;
  }
  throw damaged(file, 'with an incomplete description', `a description of version ${VERSION}`);
}

function isShardDescription(description: Partial<ShardDescription>): boolean {
  const { version, shard, shards, previous, length, targets, normalization } = description;
  const areCounts = [shard, shards, length].every((count) => Number.isSafeInteger(count) && (count as number) > 0);
  return (
    version === VERSION && areCounts && typeof previous === 'string' && isObject(targets) && isObject(normalization)
  );
}

/** The SHA-256 of a description and of the data that follows it, in hexadecimal digits. */
export function hashOf(description: string, data: readonly Uint8Array[]): string {
  const hash = createHash('sha256').update(description);
  for (const bytes of data) for (const chunk of chunksOf(bytes)) hash.update(chunk);
  return hash.digest('hex');
}

/**
 * The error for a shard that is damaged or foreign.
 * @param file what messages call it
 * @param found what is wrong
 */
export function damaged(file: string, found: string, expected: string, cause?: unknown): ConvoyError {
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `${file} ${found}${cause === undefined ? '' : ` (${errorMessage(cause)})`}`,
    expected,
    fix: 'Copy the file again, or pack the data set again.',
    cause,
  });
}

// safetensors files that contain their own SHA-256, so that a change of any byte is detected, of numbers as well as of spaces in the header.
// The metadata holds the digest as 64 hexadecimal digits. It is computed over the whole file, with zeros instead of these digits.
import { createHash } from 'node:crypto';
import type { NamedTensors, Safetensors } from '@convoy/formats';
import { bytesOf, chunksOf, encodeParts, type SafetensorsParts } from '@convoy/formats/parts';
import { checkpointError } from './checkpoint-error.ts';

const ZEROS = '0'.repeat(64);

/**
 * The consecutive pieces of a file: its head, and views of the data of the tensors.
 * @throws ConvoyError as `encodeSafetensors`
 */
export function encodeSealed(tensors: NamedTensors, metadata: Readonly<Record<string, string>>): readonly Uint8Array[] {
  const [head, ...data] = encodeParts(tensors, { sha256: ZEROS, ...metadata });
  head.set(Buffer.from(digestOf(head, data, ZEROS)), placeOf(ZEROS, head));
  return [head, ...data];
}

/**
 * The content of a file that `encodeSealed` encoded.
 * @param source the name of the file in messages
 * @throws ConvoyError CONVOY_FILE_FORMAT if any bit has changed since then, and for other safetensors files
 */
export function openSealed({ head, tensors, metadata }: SafetensorsParts, source: string): Safetensors {
  const { sha256 } = metadata;
  if (sha256 === undefined) throw checkpointError(source, 'no SHA-256 in its metadata', 'a checkpoint of Convoy');
  const digest = digestOf(head, [...tensors.values()].map(bytesOf), sha256);
  if (digest === sha256) return { tensors, metadata };
  throw checkpointError(source, `content of the SHA-256 ${digest}`, `${sha256}, the one it was written with`);
}

/** The digest of the bytes as they were before `digits` replaced the zeros. */
function digestOf(head: Uint8Array, data: readonly Uint8Array[], digits: string): string {
  const place = placeOf(digits, head);
  const hash = createHash('sha256')
    .update(head.subarray(0, place))
    .update(ZEROS)
    .update(head.subarray(place + ZEROS.length));
  for (const piece of data) for (const chunk of chunksOf(piece)) hash.update(chunk);
  return hash.digest('hex');
}

/** Where the digits first occur. That is the digest itself, because it is the first entry of the metadata, which are the first entry of the file. */
const placeOf = (digits: string, head: Uint8Array): number =>
  Buffer.from(head.buffer, head.byteOffset, head.byteLength).indexOf(digits);

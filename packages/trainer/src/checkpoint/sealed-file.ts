// safetensors files that contain their own SHA-256, so that a change of any byte is detected, of numbers as well as of spaces in the header.
// The metadata holds the digest as 64 hexadecimal digits. It is computed over the whole file, with zeros instead of these digits.
import { createHash } from 'node:crypto';
import { decodeSafetensors, encodeSafetensors, type NamedTensors, type Safetensors } from '@convoy/formats';
import { checkpointError } from './checkpoint-error.ts';

const ZEROS = '0'.repeat(64);

/** @throws ConvoyError as `encodeSafetensors` */
export function encodeSealed(tensors: NamedTensors, metadata: Readonly<Record<string, string>>): Uint8Array {
  const bytes = encodeSafetensors(tensors, { sha256: ZEROS, ...metadata });
  bytes.set(Buffer.from(digestOf(bytes, ZEROS)), placeOf(ZEROS, bytes));
  return bytes;
}

/**
 * Reads the result of `encodeSealed`.
 * @param source the name of the bytes in messages
 * @throws ConvoyError CONVOY_FILE_FORMAT if any bit has changed since then, and for other safetensors files
 */
export function decodeSealed(bytes: Uint8Array, source: string): Safetensors {
  const content = decodeSafetensors(bytes, source);
  const { sha256 } = content.metadata;
  if (sha256 === undefined) throw checkpointError(source, 'no SHA-256 in its metadata', 'a checkpoint of Convoy');
  const digest = digestOf(bytes, sha256);
  if (digest === sha256) return content;
  throw checkpointError(source, `content of the SHA-256 ${digest}`, `${sha256}, the one it was written with`);
}

/** The digest of the bytes as they were before `digits` replaced the zeros. */
function digestOf(bytes: Uint8Array, digits: string): string {
  const place = placeOf(digits, bytes);
  return createHash('sha256')
    .update(bytes.subarray(0, place))
    .update(ZEROS)
    .update(bytes.subarray(place + ZEROS.length))
    .digest('hex');
}

/** Where the digits first occur. That is the digest itself, because it is the first entry of the metadata, which are the first entry of the file. */
const placeOf = (digits: string, bytes: Uint8Array): number =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(digits);

// safetensors that carry their own SHA-256, so that no byte of them changes unnoticed: neither numbers, which have no redundancy, nor the
// spaces of the header. The digest, in the metadata as 64 hexadecimal digits, is that of the whole file with zeros in its place.
import { createHash } from 'node:crypto';
import { decodeSafetensors, encodeSafetensors, type NamedTensors, type Safetensors } from '@convoy/formats';
import { checkpointError } from './checkpoint-error.ts';

const ZEROS = '0'.repeat(64);

/** @throws what `encodeSafetensors` throws */
export function encodeSealed(tensors: NamedTensors, metadata: Readonly<Record<string, string>>): Uint8Array {
  const bytes = encodeSafetensors(tensors, { sha256: ZEROS, ...metadata });
  bytes.set(Buffer.from(digestOf(bytes, ZEROS)), placeOf(ZEROS, bytes));
  return bytes;
}

/**
 * Reads what `encodeSealed` made.
 * @param source what messages call the bytes
 * @throws ConvoyError CONVOY_FILE_FORMAT if any bit has changed since, or for other safetensors
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

/** Where the digits first occur: that of all metadata the digest comes first, and those before all else, makes it theirs. */
const placeOf = (digits: string, bytes: Uint8Array): number =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(digits);

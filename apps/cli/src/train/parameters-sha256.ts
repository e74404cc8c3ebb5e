// A fingerprint of parameters: runs with equal fingerprints ended with the same bits.
import { createHash } from 'node:crypto';
import type { Tensor } from '@convoy/tensor';

/** SHA-256, in hexadecimal, of all elements as little-endian float32, which is how WebAssembly stores them. */
export function sha256Of(parameters: Iterable<readonly [string, Tensor]>): string {
  const hash = createHash('sha256');
  for (const [, { data }] of parameters) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}

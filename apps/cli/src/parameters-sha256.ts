// A fingerprint of a model's parameters: runs with the same one ended with the same bits.
import { createHash } from 'node:crypto';
import type { Tensor } from '@convoy/tensor';

/** SHA-256 in hexadecimal over all elements, as float32 in the machine's order of bytes: little-endian, as WebAssembly's memory is. */
export function sha256Of(parameters: Iterable<readonly [string, Tensor]>): string {
  const hash = createHash('sha256');
  for (const [, { data }] of parameters) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}

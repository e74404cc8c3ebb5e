// Numbers as bits: equal numbers may differ in them (0 and -0), and NaN equals nothing.
import { createHash } from 'node:crypto';
import type { Tensor } from '@convoy/tensor';

export interface HasParameters {
  parameters(): Map<string, Tensor>;
}

export const bitsOf = ({ data }: Tensor): Uint32Array => new Uint32Array(data.buffer, data.byteOffset, data.length);

/** A short name for the bits of all parameters. */
export function hashOf(owner: HasParameters): string {
  const hash = createHash('sha256');
  for (const [name, parameter] of owner.parameters()) hash.update(name).update(bitsOf(parameter));
  return hash.digest('hex').slice(0, 16);
}

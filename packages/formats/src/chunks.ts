// Large arrays in pieces: a single read, write or update of a hash takes at most 2^31 − 1 bytes.

/** Large enough for the full speed of a disk. */
export const CHUNK_BYTES = 2 ** 24;

/** Views of consecutive pieces of `bytes`, each of `chunkBytes` except the last one. */
export function* chunksOf(bytes: Uint8Array, chunkBytes = CHUNK_BYTES): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes);
}

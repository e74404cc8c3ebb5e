// The golden file that golden/augmentation.py writes.
import { readFileSync } from 'node:fs';

interface GoldenCase {
  readonly image: 'color' | 'gray' | 'float';
  /** The function that describes the operation. */
  readonly operation: string;
  readonly options: object;
  readonly result: string;
}

interface Golden {
  readonly height: number;
  readonly width: number;
  readonly images: Readonly<Record<GoldenCase['image'], string>>;
  readonly cases: readonly GoldenCase[];
  readonly randomCrops: readonly { readonly options: object; readonly results: string }[];
  readonly equalize: { readonly shape: readonly number[]; readonly image: string; readonly result: string };
}

export const golden: Golden = JSON.parse(readFileSync(new URL('../golden/augmentation.json', import.meta.url), 'utf8'));

/** Numbers of the golden file. */
export function decoded(text: string, element: 'uint8' | 'float32' = 'uint8'): Uint8Array | Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return element === 'uint8' ? bytes : new Float32Array(bytes.buffer);
}

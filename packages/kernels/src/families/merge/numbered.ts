// Kernels that take any number of blocks: their arguments x1, x2, …
import type { Buffer } from '../../language/value.ts';

/** The parameters of some blocks, which are numbered from 0. */
export const numberedParameters = (name: string, numbers: Iterable<number>): Record<string, 'f32[]'> =>
  Object.fromEntries(Array.from(numbers, (number) => [key(name, number), 'f32[]' as const]));

/** The handle of one of them. */
export const numberedBuffer = (given: Readonly<Record<string, unknown>>, name: string, number: number): Buffer =>
  given[key(name, number)] as Buffer;

const key = (name: string, number: number): string => `${name}${number + 1}`;

// Kernels that take any number of blocks: their operands x1, x2, …
import type { Accessor, BufferKind } from '../../language/operands.ts';

/** Operands of one name and different numbers. */
export type Numbered<Name extends string, Dimensions extends readonly number[]> = Readonly<
  Record<`${Name}${number}`, BufferKind<Dimensions>>
>;

/** Declares some blocks, which are numbered from 0. */
export const numberedOperands = <Name extends string, Dimensions extends readonly number[]>(
  name: Name,
  numbers: Iterable<number>,
  kind: (number: number) => BufferKind<Dimensions>,
): Numbered<Name, Dimensions> =>
  Object.fromEntries(Array.from(numbers, (number) => [key(name, number), kind(number)])) as Numbered<Name, Dimensions>;

/** The handle of one of them. */
export const numberedHandle = <Name extends string, Dimensions extends readonly number[]>(
  handles: Readonly<Record<`${Name}${number}`, Accessor<Dimensions>>>,
  name: Name,
  number: number,
): Accessor<Dimensions> => handles[key(name, number)] as Accessor<Dimensions>;

const key = <Name extends string>(name: Name, number: number): `${Name}${number}` => `${name}${number + 1}`;

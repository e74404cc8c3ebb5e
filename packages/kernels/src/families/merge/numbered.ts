// The operands x1, x2, … of kernels that take any number of blocks.
import type { Accessor, BufferKind } from '../../language/operands.ts';

/** Operands with a common name and different numbers. */
export type Numbered<Name extends string, Dimensions extends readonly number[]> = Readonly<
  Record<`${Name}${number}`, BufferKind<Dimensions>>
>;

/** Declares operands for some blocks. Blocks are numbered from 0, names from 1. */
export const numberedOperands = <Name extends string, Dimensions extends readonly number[]>(
  name: Name,
  numbers: Iterable<number>,
  kind: (number: number) => BufferKind<Dimensions>,
): Numbered<Name, Dimensions> =>
  Object.fromEntries(Array.from(numbers, (number) => [key(name, number), kind(number)])) as Numbered<Name, Dimensions>;

/** The accessor for a block. */
export const numberedHandle = <Name extends string, Dimensions extends readonly number[]>(
  handles: Readonly<Record<`${Name}${number}`, Accessor<Dimensions>>>,
  name: Name,
  number: number,
): Accessor<Dimensions> => handles[key(name, number)] as Accessor<Dimensions>;

const key = <Name extends string>(name: Name, number: number): `${Name}${number}` => `${name}${number + 1}`;

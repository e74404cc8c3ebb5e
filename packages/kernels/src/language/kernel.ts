// A kernel: a tree of statements, and the names, kinds and extents of its operands.
import type { IndexVariable } from './index-expression.ts';
import type { BufferKind, Operands } from './operands.ts';
import type { Statement } from './statement.ts';
import type { BufferOperand, ScalarVariable } from './value.ts';

/** An operand as a back end passes it: a pointer, an integer, or a float. */
export type Parameter =
  | { readonly name: string; readonly kind: 'buffer'; readonly buffer: BufferOperand }
  | { readonly name: string; readonly kind: 'index'; readonly variable: IndexVariable }
  | { readonly name: string; readonly kind: 'scalar'; readonly variable: ScalarVariable };

/**
 * A function over memory, generated for one exact shape. Its type names its operands; `Kernel` without an argument is
 * any kernel.
 */
export interface Kernel<out O extends Operands = Operands> {
  readonly name: string;
  /** The operands as the family declared them. */
  readonly operands: O;
  /** The operands that this kernel has, in the order in which a back end passes them. */
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
}

/**
 * The values that a caller binds to the operands of a kernel: a `BufferValue` to a buffer, an `IndexValue` to an
 * integer, a number to a float. Operands that not every kernel of this type has are optional.
 *
 * @example
 * OperandsOf<Kernel<{ x: BufferKind; bias: BufferKind | undefined; shards: 'index' }>, number>
 * // { readonly x: number; readonly shards: number; readonly bias?: number | undefined }
 */
export type OperandsOf<K extends Kernel, BufferValue, IndexValue = BufferValue> = ValuesOf<
  K['operands'],
  BufferValue,
  IndexValue
>;

type ValuesOf<O extends Operands, BufferValue, IndexValue> = {
  readonly [Name in keyof O as undefined extends O[Name] ? never : Name]: ValueOf<O[Name], BufferValue, IndexValue>;
} & {
  readonly [Name in keyof O as undefined extends O[Name] ? Name : never]?:
    | ValueOf<O[Name], BufferValue, IndexValue>
    | undefined;
};

type ValueOf<Kind, BufferValue, IndexValue> = Kind extends BufferKind
  ? BufferValue
  : Kind extends 'index'
    ? IndexValue
    : Kind extends 'f32'
      ? number
      : never;

// Vectors of integers, one a lane, for random numbers that are functions of a counter: unsigned, of 32 bits, and all arithmetic wraps.
import { Index, type IndexLike } from './index-expression.ts';
import type { Access, Vector } from './value.ts';

/** A named vector of integers inside a kernel. A uniform one holds the same number in every lane. */
export interface IntegerVariable {
  readonly name: string;
  readonly type: 'integers';
  readonly uniform: boolean;
}

export type IntegerOperator = 'add' | 'multiply' | 'xor';

export type IntegerVector =
  | { readonly type: 'integers'; readonly op: 'splat'; readonly index: Index }
  | { readonly type: 'integers'; readonly op: 'load'; readonly access: Access }
  | { readonly type: 'integers'; readonly op: 'read'; readonly variable: IntegerVariable }
  | {
      readonly type: 'integers';
      readonly op: IntegerOperator;
      readonly a: IntegerVector;
      readonly b: IntegerVector;
    }
  | { readonly type: 'integers'; readonly op: 'shiftRight'; readonly a: IntegerVector; readonly bits: number };

/** A number stands for itself in every lane. */
export type IntegerVectorLike = IntegerVector | number;

/** The low 32 bits of the integer, in every lane. */
export const splatInteger = (index: IndexLike): IntegerVector => ({
  type: 'integers',
  op: 'splat',
  index: Index.from(index),
});

const integers = (value: IntegerVectorLike): IntegerVector => (typeof value === 'number' ? splatInteger(value) : value);

const operation =
  (op: IntegerOperator) =>
  (a: IntegerVectorLike, b: IntegerVectorLike): IntegerVector => ({
    type: 'integers',
    op,
    a: integers(a),
    b: integers(b),
  });
export const addIntegers = operation('add');
export const multiplyIntegers = operation('multiply');
export const xor = operation('xor');

/** Zeros come in from above; `bits` is 0 … 31. */
export const shiftRight = (a: IntegerVector, bits: number): IntegerVector => ({
  type: 'integers',
  op: 'shiftRight',
  a,
  bits,
});

/** Of a buffer of 'u32'. */
export const loadIntegers = (access: Access): IntegerVector => ({ type: 'integers', op: 'load', access });
export const readIntegers = (variable: IntegerVariable): IntegerVector => ({ type: 'integers', op: 'read', variable });

/** The upper 24 bits as a float in [0, 1): (a >>> 8) · 2^−24, which is exact. */
export const fraction = (a: IntegerVector): Vector => ({ type: 'vector', op: 'fraction', a });

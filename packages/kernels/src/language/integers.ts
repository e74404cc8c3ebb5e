// Constructors of vectors of integers, for random numbers that are functions of a counter.
import { Index, type IndexLike } from './index-expression.ts';
import type { Access, IntegerOperator, IntegerVariable, IntegerVector, IntegerVectorLike, Vector } from './value.ts';

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
/** a + b modulo 2^32 */
export const addIntegers = operation('add');
/** a · b modulo 2^32 */
export const multiplyIntegers = operation('multiply');
/** a ⊕ b */
export const xor = operation('xor');

/** a >>> bits, for bits from 0 to 31. */
export const shiftRight = (a: IntegerVector, bits: number): IntegerVector => ({
  type: 'integers',
  op: 'shiftRight',
  a,
  bits,
});

/** Loads a cell of a 'u32' buffer. */
export const loadIntegers = (access: Access): IntegerVector => ({ type: 'integers', op: 'load', access });
export const readIntegers = (variable: IntegerVariable): IntegerVector => ({ type: 'integers', op: 'read', variable });

/** The upper 24 bits as a float in [0, 1): (a >>> 8) · 2^−24, which is exact. */
export const fraction = (a: IntegerVector): Vector => ({ type: 'vector', op: 'fraction', a });

// Float32 values: scalars, vectors of 8 lanes (one lane a sample), and masks over the lanes. Integers: integers.ts.
// Every operation is a single IEEE 754 float32 operation; nothing is contracted or reordered.
import type { Index, IndexLike } from './index-expression.ts';
import { Index as AffineIndex } from './index-expression.ts';
import type { IntegerVariable, IntegerVector } from './integers.ts';

/** Samples in a block, lanes in a vector. */
export const LANES = 8;

/** Vectors of integers are loaded from 'u32' and from nothing else. */
export type ElementType = 'f32' | 'u8' | 'u32';

/** An operand of a kernel that points at memory. */
export interface Buffer {
  readonly name: string;
  readonly element: ElementType;
  /** The elements that a kernel may touch: from the first on, so many. */
  readonly extent: number;
  /** Elements from one array to the next, where an index operand tells how many arrays there are. `extent` is the extent of one then. */
  readonly itemStride?: number;
}

/** One place in a buffer; the index counts elements. */
export interface Access {
  readonly buffer: Buffer;
  readonly index: Index;
}

/** A named float inside a kernel. */
export interface ScalarVariable {
  readonly name: string;
  readonly type: 'scalar';
}

/** A named vector inside a kernel. A uniform one holds the same number in every lane. */
export interface VectorVariable {
  readonly name: string;
  readonly type: 'vector';
  readonly uniform: boolean;
}

export type Variable = ScalarVariable | VectorVariable | IntegerVariable;

export type ArithmeticOperator = 'add' | 'subtract' | 'multiply' | 'divide';
export type LaneOperator = 'min' | 'max';
export type LaneFunction =
  | 'absolute'
  | 'squareRoot'
  | 'nearest' // to the nearest integer, ties to even
  | 'exponent' // e of a normal x = m · 2^e with 1 ≤ m < 2, as a float
  | 'mantissa' // m of the same
  | 'powerOfTwo'; // 2^x of an integer x in [-126, 127]

export type Scalar =
  | { readonly type: 'scalar'; readonly op: 'constant'; readonly value: number }
  | { readonly type: 'scalar'; readonly op: 'load'; readonly access: Access }
  | { readonly type: 'scalar'; readonly op: 'read'; readonly variable: ScalarVariable }
  | { readonly type: 'scalar'; readonly op: 'convert'; readonly index: Index }
  | { readonly type: 'scalar'; readonly op: ArithmeticOperator; readonly a: Scalar; readonly b: Scalar }
  | { readonly type: 'scalar'; readonly op: 'sumLanes'; readonly a: Vector }
  | { readonly type: 'scalar'; readonly op: 'lane'; readonly a: Vector; readonly lane: number };

export type Vector =
  | { readonly type: 'vector'; readonly op: 'splat'; readonly a: Scalar }
  | { readonly type: 'vector'; readonly op: 'lanes'; readonly lanes: readonly Scalar[] }
  | { readonly type: 'vector'; readonly op: 'load'; readonly access: Access }
  | { readonly type: 'vector'; readonly op: 'read'; readonly variable: VectorVariable }
  | {
      readonly type: 'vector';
      readonly op: ArithmeticOperator | LaneOperator;
      readonly a: Vector;
      readonly b: Vector;
    }
  | { readonly type: 'vector'; readonly op: LaneFunction; readonly a: Vector }
  | { readonly type: 'vector'; readonly op: 'fraction'; readonly a: IntegerVector }
  | { readonly type: 'vector'; readonly op: 'select'; readonly mask: Mask; readonly a: Vector; readonly b: Vector };

export type Value = Scalar | Vector | IntegerVector;

export type Comparison = 'equal' | 'less' | 'lessOrEqual';
export type Mask =
  | { readonly op: Comparison; readonly a: Vector; readonly b: Vector }
  | { readonly op: 'not'; readonly a: Mask }
  | { readonly op: 'and' | 'or'; readonly a: Mask; readonly b: Mask };

/** A number stands for a constant of the type that is wanted. */
export type VectorLike = Vector | number;
export type ScalarLike = Scalar | number;

export const scalar = (value: ScalarLike): Scalar =>
  typeof value === 'number' ? { type: 'scalar', op: 'constant', value } : value;

/** The same scalar in every lane. */
export const splat = (value: ScalarLike): Vector => ({ type: 'vector', op: 'splat', a: scalar(value) });

/** A vector of 8 scalars, one a lane. Back ends are good at those that are all loads, and at those that are all sums of lanes. */
export const lanes = (values: readonly ScalarLike[]): Vector => ({
  type: 'vector',
  op: 'lanes',
  lanes: values.map(scalar),
});

const vector = (value: VectorLike): Vector => (typeof value === 'number' ? splat(value) : value);

const arithmetic =
  (op: ArithmeticOperator) =>
  (a: VectorLike, b: VectorLike): Vector => ({ type: 'vector', op, a: vector(a), b: vector(b) });
export const add = arithmetic('add');
export const subtract = arithmetic('subtract');
export const multiply = arithmetic('multiply');
export const divide = arithmetic('divide');

const scalarArithmetic =
  (op: ArithmeticOperator) =>
  (a: ScalarLike, b: ScalarLike): Scalar => ({ type: 'scalar', op, a: scalar(a), b: scalar(b) });
export const scalarAdd = scalarArithmetic('add');
export const scalarMultiply = scalarArithmetic('multiply');

/** b < a ? b : a in each lane, so a NaN in a stays. */
export const min = (a: VectorLike, b: VectorLike): Vector => ({
  type: 'vector',
  op: 'min',
  a: vector(a),
  b: vector(b),
});

/** a < b ? b : a in each lane, so a NaN in a stays. */
export const max = (a: VectorLike, b: VectorLike): Vector => ({
  type: 'vector',
  op: 'max',
  a: vector(a),
  b: vector(b),
});

const laneFunction =
  (op: LaneFunction) =>
  (a: Vector): Vector => ({ type: 'vector', op, a });
export const absolute = laneFunction('absolute');
export const squareRoot = laneFunction('squareRoot');
export const nearest = laneFunction('nearest');
export const exponent = laneFunction('exponent');
export const mantissa = laneFunction('mantissa');
export const powerOfTwo = laneFunction('powerOfTwo');

/** a where the mask holds, b elsewhere. */
export const select = (mask: Mask, a: VectorLike, b: VectorLike): Vector => ({
  type: 'vector',
  op: 'select',
  mask,
  a: vector(a),
  b: vector(b),
});

const comparison =
  (op: Comparison) =>
  (a: VectorLike, b: VectorLike): Mask => ({ op, a: vector(a), b: vector(b) });
export const equalTo = comparison('equal');
export const lessThan = comparison('less');
export const lessOrEqual = comparison('lessOrEqual');
export const not = (a: Mask): Mask => ({ op: 'not', a });
export const and = (a: Mask, b: Mask): Mask => ({ op: 'and', a, b });
export const or = (a: Mask, b: Mask): Mask => ({ op: 'or', a, b });

/** The sum over the lanes in a fixed tree: ((v0+v4)+(v2+v6)) + ((v1+v5)+(v3+v7)). */
export const sumLanes = (a: Vector): Scalar => ({ type: 'scalar', op: 'sumLanes', a });

export const lane = (a: Vector, number: number): Scalar => ({ type: 'scalar', op: 'lane', a, lane: number });

/** The integer as a float. */
export const convert = (index: IndexLike): Scalar => ({
  type: 'scalar',
  op: 'convert',
  index: AffineIndex.from(index),
});

export const load = (access: Access): Vector => ({ type: 'vector', op: 'load', access });
export const loadScalar = (access: Access): Scalar => ({ type: 'scalar', op: 'load', access });
export const readScalar = (variable: ScalarVariable): Scalar => ({ type: 'scalar', op: 'read', variable });
export const readVector = (variable: VectorVariable): Vector => ({ type: 'vector', op: 'read', variable });

/** Whether every lane certainly holds the same number. */
export function isUniform(value: Vector | IntegerVector): boolean {
  switch (value.op) {
    case 'splat':
      return true;
    case 'read':
      return value.variable.uniform;
    case 'load':
    case 'lanes':
      return false;
    case 'select':
      return isUniformMask(value.mask) && isUniform(value.a) && isUniform(value.b);
    default:
      return isUniform(value.a) && (!('b' in value) || isUniform(value.b));
  }
}

function isUniformMask(mask: Mask): boolean {
  switch (mask.op) {
    case 'not':
      return isUniformMask(mask.a);
    case 'and':
    case 'or':
      return isUniformMask(mask.a) && isUniformMask(mask.b);
    default:
      return isUniform(mask.a) && isUniform(mask.b);
  }
}

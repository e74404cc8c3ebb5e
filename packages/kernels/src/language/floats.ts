// Constructors of floats: scalars, vectors and masks.
import { Index, type IndexLike } from './index-expression.ts';
import type {
  Access,
  ArithmeticOperator,
  Comparison,
  LaneFunction,
  Mask,
  Scalar,
  ScalarLike,
  ScalarVariable,
  Vector,
  VectorLike,
  VectorVariable,
} from './value.ts';

/** A constant float. */
export const scalar = (value: ScalarLike): Scalar =>
  typeof value === 'number' ? { type: 'scalar', op: 'constant', value } : value;

/** The same scalar in every lane. */
export const splat = (value: ScalarLike): Vector => ({ type: 'vector', op: 'splat', a: scalar(value) });

/** A vector of 8 scalars, one per lane. Back ends have fast code for 8 loads and for 8 sums of lanes. */
export const lanes = (values: readonly ScalarLike[]): Vector => ({
  type: 'vector',
  op: 'lanes',
  lanes: values.map(scalar),
});

const vector = (value: VectorLike): Vector => (typeof value === 'number' ? splat(value) : value);

const arithmetic =
  (op: ArithmeticOperator) =>
  (a: VectorLike, b: VectorLike): Vector => ({ type: 'vector', op, a: vector(a), b: vector(b) });
/** a + b */
export const add = arithmetic('add');
/** a − b */
export const subtract = arithmetic('subtract');
/** a · b */
export const multiply = arithmetic('multiply');
/** a / b */
export const divide = arithmetic('divide');

const scalarArithmetic =
  (op: ArithmeticOperator) =>
  (a: ScalarLike, b: ScalarLike): Scalar => ({ type: 'scalar', op, a: scalar(a), b: scalar(b) });
/** a + b */
export const scalarAdd = scalarArithmetic('add');
/** a · b */
export const scalarMultiply = scalarArithmetic('multiply');

/** b < a ? b : a in each lane; a NaN in a is kept. */
export const min = (a: VectorLike, b: VectorLike): Vector => ({
  type: 'vector',
  op: 'min',
  a: vector(a),
  b: vector(b),
});

/** a < b ? b : a in each lane; a NaN in a is kept. */
export const max = (a: VectorLike, b: VectorLike): Vector => ({
  type: 'vector',
  op: 'max',
  a: vector(a),
  b: vector(b),
});

const laneFunction =
  (op: LaneFunction) =>
  (a: Vector): Vector => ({ type: 'vector', op, a });
/** |a| */
export const absolute = laneFunction('absolute');
/** √a */
export const squareRoot = laneFunction('squareRoot');
/** The nearest integer; of two the even one. */
export const nearest = laneFunction('nearest');
/** e of a normal number m · 2^e with 1 ≤ m < 2. */
export const exponent = laneFunction('exponent');
/** m of a normal number m · 2^e with 1 ≤ m < 2. */
export const mantissa = laneFunction('mantissa');
/** 2^a for an integer a in [−126, 127]. */
export const powerOfTwo = laneFunction('powerOfTwo');

/** a where the mask holds, else b. */
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
/** a = b */
export const equalTo = comparison('equal');
/** a < b */
export const lessThan = comparison('less');
/** a ≤ b */
export const lessOrEqual = comparison('lessOrEqual');
/** The mask does not hold. */
export const not = (a: Mask): Mask => ({ op: 'not', a });
/** Both masks hold. */
export const and = (a: Mask, b: Mask): Mask => ({ op: 'and', a, b });
/** At least one of the masks holds. */
export const or = (a: Mask, b: Mask): Mask => ({ op: 'or', a, b });

/** The sum over the lanes in a fixed tree: ((v0+v4)+(v2+v6)) + ((v1+v5)+(v3+v7)). */
export const sumLanes = (a: Vector): Scalar => ({ type: 'scalar', op: 'sumLanes', a });

/** One lane of a vector. */
export const lane = (a: Vector, number: number): Scalar => ({ type: 'scalar', op: 'lane', a, lane: number });

/** The integer as a float. */
export const convert = (index: IndexLike): Scalar => ({
  type: 'scalar',
  op: 'convert',
  index: Index.from(index),
});

/** Loads a cell. */
export const load = (access: Access): Vector => ({ type: 'vector', op: 'load', access });
/** Loads an element. */
export const loadScalar = (access: Access): Scalar => ({ type: 'scalar', op: 'load', access });
export const readScalar = (variable: ScalarVariable): Scalar => ({ type: 'scalar', op: 'read', variable });
export const readVector = (variable: VectorVariable): Vector => ({ type: 'vector', op: 'read', variable });

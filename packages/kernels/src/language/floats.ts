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
export const add = arithmetic('add');
export const subtract = arithmetic('subtract');
export const multiply = arithmetic('multiply');
export const divide = arithmetic('divide');

const scalarArithmetic =
  (op: ArithmeticOperator) =>
  (a: ScalarLike, b: ScalarLike): Scalar => ({ type: 'scalar', op, a: scalar(a), b: scalar(b) });
export const scalarAdd = scalarArithmetic('add');
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
export const absolute = laneFunction('absolute');
export const squareRoot = laneFunction('squareRoot');
export const nearest = laneFunction('nearest');
export const exponent = laneFunction('exponent');
export const mantissa = laneFunction('mantissa');
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
export const equalTo = comparison('equal');
export const lessThan = comparison('less');
export const lessOrEqual = comparison('lessOrEqual');
export const not = (a: Mask): Mask => ({ op: 'not', a });
export const and = (a: Mask, b: Mask): Mask => ({ op: 'and', a, b });
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

export const load = (access: Access): Vector => ({ type: 'vector', op: 'load', access });
export const loadScalar = (access: Access): Scalar => ({ type: 'scalar', op: 'load', access });
export const readScalar = (variable: ScalarVariable): Scalar => ({ type: 'scalar', op: 'read', variable });
export const readVector = (variable: VectorVariable): Vector => ({ type: 'vector', op: 'read', variable });

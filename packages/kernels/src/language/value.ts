// The values of the kernel language: float32 scalars, vectors of 8 lanes (one per sample), masks over the lanes, and
// vectors of integers. Every operation on floats is one IEEE 754 float32 operation; none is contracted or reordered.
// Integers are unsigned and have 32 bits; their arithmetic wraps.
import type { Index } from './index-expression.ts';

/** Number of samples in a block, and of lanes in a vector. */
export const LANES = 8;

/** Vectors of integers are loaded from 'u32' only, and nothing else is. */
export type ElementType = 'f32' | 'u8' | 'u32';

/** An operand of a kernel that points at memory. */
export interface BufferOperand {
  readonly name: string;
  readonly element: ElementType;
  /** The number of elements: the kernel touches none beyond it. */
  readonly extent: number;
  /**
   * For several arrays, whose number an index operand tells: the elements from one array to the next. `extent` is the
   * extent of one array.
   */
  readonly itemStride?: number;
}

/** An element of a buffer, or the first element of a cell. The index counts elements. */
export interface Access {
  readonly buffer: BufferOperand;
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

/** A named vector of integers inside a kernel. A uniform one holds the same number in every lane. */
export interface IntegerVariable {
  readonly name: string;
  readonly type: 'integers';
  readonly uniform: boolean;
}

export type Variable = ScalarVariable | VectorVariable | IntegerVariable;

export type ArithmeticOperator = 'add' | 'subtract' | 'multiply' | 'divide';
export type LaneOperator = 'min' | 'max';
export type LaneFunction =
  | 'absolute'
  | 'squareRoot'
  | 'nearest' // the nearest integer, ties to even
  | 'exponent' // e of a normal x = m · 2^e with 1 ≤ m < 2, as a float
  | 'mantissa' // the m of such an x
  | 'powerOfTwo'; // 2^x of an integer x in [-126, 127]

/** A float. */
export type Scalar =
  | { readonly type: 'scalar'; readonly op: 'constant'; readonly value: number }
  | { readonly type: 'scalar'; readonly op: 'load'; readonly access: Access }
  | { readonly type: 'scalar'; readonly op: 'read'; readonly variable: ScalarVariable }
  | { readonly type: 'scalar'; readonly op: 'convert'; readonly index: Index }
  | { readonly type: 'scalar'; readonly op: ArithmeticOperator; readonly a: Scalar; readonly b: Scalar }
  | { readonly type: 'scalar'; readonly op: 'sumLanes'; readonly a: Vector }
  | { readonly type: 'scalar'; readonly op: 'lane'; readonly a: Vector; readonly lane: number };

/** A vector of 8 floats, one per sample. */
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

export type IntegerOperator = 'add' | 'multiply' | 'xor';

/** A vector of 8 integers, one per sample. */
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

/** A value that a variable can hold. */
export type Value = Scalar | Vector | IntegerVector;

export type Comparison = 'equal' | 'less' | 'lessOrEqual';
/** A condition in each lane. */
export type Mask =
  | { readonly op: Comparison; readonly a: Vector; readonly b: Vector }
  | { readonly op: 'not'; readonly a: Mask }
  | { readonly op: 'and' | 'or'; readonly a: Mask; readonly b: Mask };

/** A vector, or a constant for all lanes. */
export type VectorLike = Vector | number;
/** A float, or a constant. */
export type ScalarLike = Scalar | number;
/** A vector of integers, or a constant for all lanes. */
export type IntegerVectorLike = IntegerVector | number;

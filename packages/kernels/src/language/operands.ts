// The operands of a kernel: how a family declares them, and what they are inside the kernel. From the dimensions of a
// buffer follow its extent and the accessor for its elements.
import { Index, type IndexLike } from './index-expression.ts';
import { type Access, type BufferOperand, type ElementType, LANES, type Scalar } from './value.ts';

/** The declaration of a buffer: a row-major array of these dimensions. */
export interface BufferKind<Dimensions extends readonly number[] = readonly number[]> {
  readonly kind: 'buffer';
  readonly element: ElementType;
  readonly dimensions: Dimensions;
  /** Elements from one index of an axis to the next. */
  readonly strides: readonly number[];
  /** See `BufferOperand`. */
  readonly extent: number;
  readonly itemStride?: number;
}

/** The declaration of an operand: a buffer, an integer, or a float. */
export type OperandKind = BufferKind | 'index' | 'f32';

/**
 * Operands by name, in the order of the parameters of the kernel; undefined for an operand that the kernel does not
 * have.
 */
export type Operands = Readonly<Record<string, OperandKind | undefined>>;

/** Operands as callers see them, without the dimensions of buffers in the type. */
export type Declared<O extends Operands> = { readonly [Name in keyof O]: WithoutDimensions<O[Name]> };
type WithoutDimensions<Kind> = Kind extends BufferKind ? BufferKind : Kind;

/** A buffer inside a kernel. Called with an index for each axis, it is the access to an element or a cell. */
export interface Accessor<Dimensions extends readonly number[] = readonly number[]> {
  (...indices: { readonly [Axis in keyof Dimensions]: IndexLike }): Access;
  readonly buffer: BufferOperand;
}

/** The operands inside a kernel: an accessor for a buffer, an `Index` for an integer, a `Scalar` for a float. */
export type Handles<O extends Operands> = { readonly [Name in keyof O]: Handle<O[Name]> };
type Handle<Kind> =
  Kind extends BufferKind<infer Dimensions>
    ? Accessor<Dimensions>
    : Kind extends 'index'
      ? Index
      : Kind extends 'f32'
        ? Scalar
        : undefined;

/** Declares an array of cells of 8 floats, one per sample. */
export const cells = <Dimensions extends readonly number[]>(...dimensions: Dimensions): BufferKind<Dimensions> =>
  cellsOf('f32', ...dimensions);

/** Declares an array of floats. */
export const scalars = <Dimensions extends readonly number[]>(...dimensions: Dimensions): BufferKind<Dimensions> =>
  scalarsOf('f32', ...dimensions);

/** Declares an array of cells of 8 elements of a given type. */
export const cellsOf = <Dimensions extends readonly number[]>(
  element: ElementType,
  ...dimensions: Dimensions
): BufferKind<Dimensions> => bufferKind(element, dimensions, LANES);

/** Declares an array of elements of a given type. */
export const scalarsOf = <Dimensions extends readonly number[]>(
  element: ElementType,
  ...dimensions: Dimensions
): BufferKind<Dimensions> => bufferKind(element, dimensions, 1);

/**
 * Declares several such arrays, `stride` elements apart. An index operand of the kernel tells how many there are. The
 * first index of the accessor is the number of the array. The extent is the extent of one array.
 */
export function repeated<Dimensions extends readonly number[]>(
  kind: BufferKind<Dimensions>,
  stride: number,
): BufferKind<[number, ...Dimensions]> {
  const dimensions: [number, ...Dimensions] = [1, ...kind.dimensions];
  return { ...kind, dimensions, strides: [stride, ...kind.strides], itemStride: stride };
}

/** The accessor for an array of cells that begins `start` elements after the beginning of a buffer. */
export const cellsIn = <Dimensions extends readonly number[]>(
  buffer: BufferOperand,
  dimensions: readonly [...Dimensions],
  start = 0,
): Accessor<Dimensions> => accessor(buffer, stridesOf(dimensions, LANES), start);

/** The accessor for an array of single elements inside a buffer. */
export const scalarsIn = <Dimensions extends readonly number[]>(
  buffer: BufferOperand,
  dimensions: readonly [...Dimensions],
  start = 0,
): Accessor<Dimensions> => accessor(buffer, stridesOf(dimensions, 1), start);

/** The accessor for a buffer as it was declared. */
export const accessorOf = (buffer: BufferOperand, { strides }: BufferKind): Accessor => accessor(buffer, strides, 0);

function bufferKind<Dimensions extends readonly number[]>(
  element: ElementType,
  dimensions: Dimensions,
  itemElements: number,
): BufferKind<Dimensions> {
  const extent = dimensions.reduce((product, size) => product * size, itemElements);
  return { kind: 'buffer', element, dimensions, strides: stridesOf(dimensions, itemElements), extent };
}

function stridesOf(dimensions: readonly number[], itemElements: number): readonly number[] {
  const strides: number[] = [];
  for (let axis = dimensions.length - 1, stride = itemElements; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= dimensions[axis] as number;
  }
  return strides;
}

function accessor(buffer: BufferOperand, strides: readonly number[], start: number): Accessor {
  const access = (...indices: readonly IndexLike[]): Access => {
    let index = new Index(start);
    indices.forEach((i, axis) => {
      index = index.plus(Index.from(i).times(strides[axis] as number));
    });
    return { buffer, index };
  };
  return Object.assign(access, { buffer });
}

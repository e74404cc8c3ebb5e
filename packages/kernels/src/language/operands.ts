// The operands of a kernel: how a family declares them, and what they become inside the kernel. A buffer declares its dimensions, which give
// the accessor that names its elements and its extent.
import { Index, type IndexLike } from './index-expression.ts';
import { type Access, type Buffer, type ElementType, LANES, type Scalar } from './value.ts';

/** Declares a buffer: a row-major array of these dimensions. */
export interface BufferKind<Dimensions extends readonly number[] = readonly number[]> {
  readonly kind: 'buffer';
  readonly element: ElementType;
  readonly dimensions: Dimensions;
  /** Elements from one index of an axis to the next. */
  readonly strides: readonly number[];
  /** See `Buffer`. */
  readonly extent: number;
  readonly itemStride?: number;
}

/** What an operand is: a buffer, an integer, or a float. */
export type OperandKind = BufferKind | 'index' | 'f32';

/** Operands by name, in the order of the kernel's parameters; undefined for one that the kernel does without. */
export type Operands = Readonly<Record<string, OperandKind | undefined>>;

/** Operands without what only the kernel itself has to know: the number of dimensions of buffers. */
export type Declared<O extends Operands> = { readonly [Name in keyof O]: WithoutDimensions<O[Name]> };
type WithoutDimensions<Kind> = Kind extends BufferKind ? BufferKind : Kind;

/** A buffer inside a kernel: called with an index for each axis, it names an element or a cell of it. */
export interface Accessor<Dimensions extends readonly number[] = readonly number[]> {
  (...indices: { readonly [Axis in keyof Dimensions]: IndexLike }): Access;
  readonly buffer: Buffer;
}

/** What a kernel is written with, for each operand. */
export type Handles<O extends Operands> = { readonly [Name in keyof O]: Handle<O[Name]> };
type Handle<Kind> =
  Kind extends BufferKind<infer Dimensions>
    ? Accessor<Dimensions>
    : Kind extends 'index'
      ? Index
      : Kind extends 'f32'
        ? Scalar
        : undefined;

/** An array of cells: 8 floats each, one per sample. */
export const cells = <Dimensions extends readonly number[]>(...dimensions: Dimensions): BufferKind<Dimensions> =>
  cellsOf('f32', ...dimensions);

/** An array of single floats. */
export const scalars = <Dimensions extends readonly number[]>(...dimensions: Dimensions): BufferKind<Dimensions> =>
  scalarsOf('f32', ...dimensions);

/** An array of cells of 8 elements of another type. */
export const cellsOf = <Dimensions extends readonly number[]>(
  element: ElementType,
  ...dimensions: Dimensions
): BufferKind<Dimensions> => bufferKind(element, dimensions, LANES);

/** An array of single elements of another type. */
export const scalarsOf = <Dimensions extends readonly number[]>(
  element: ElementType,
  ...dimensions: Dimensions
): BufferKind<Dimensions> => bufferKind(element, dimensions, 1);

/**
 * Several such arrays, `stride` elements apart, where an index operand of the kernel tells how many: an accessor's first index is the number of
 * the array. The extent is the extent of one of them.
 */
export function repeated<Dimensions extends readonly number[]>(
  kind: BufferKind<Dimensions>,
  stride: number,
): BufferKind<[number, ...Dimensions]> {
  const dimensions: [number, ...Dimensions] = [1, ...kind.dimensions];
  return { ...kind, dimensions, strides: [stride, ...kind.strides], itemStride: stride };
}

/** Names the cells of an array inside a buffer, from `start` elements after its beginning on. */
export const cellsIn = <Dimensions extends readonly number[]>(
  buffer: Buffer,
  dimensions: readonly [...Dimensions],
  start = 0,
): Accessor<Dimensions> => accessor(buffer, stridesOf(dimensions, LANES), start);

/** The same for single elements. */
export const scalarsIn = <Dimensions extends readonly number[]>(
  buffer: Buffer,
  dimensions: readonly [...Dimensions],
  start = 0,
): Accessor<Dimensions> => accessor(buffer, stridesOf(dimensions, 1), start);

/** Names the elements of a buffer as it was declared. */
export const accessorOf = (buffer: Buffer, { strides }: BufferKind): Accessor => accessor(buffer, strides, 0);

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

function accessor(buffer: Buffer, strides: readonly number[], start: number): Accessor {
  const access = (...indices: readonly IndexLike[]): Access => {
    let index = new Index(start);
    indices.forEach((i, axis) => {
      index = index.plus(Index.from(i).times(strides[axis] as number));
    });
    return { buffer, index };
  };
  return Object.assign(access, { buffer });
}

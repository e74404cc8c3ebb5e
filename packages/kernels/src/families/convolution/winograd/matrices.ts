// The matrices in scratch memory that Winograd's algorithm multiplies, and their products: 36 of each kind, one for
// each product of a tile.
import { Index, type IndexLike } from '../../../language/index-expression.ts';
import type { KernelBuilder } from '../../../language/kernel-builder.ts';
import { type Access, LANES } from '../../../language/value.ts';
import { oddLines } from '../cache-lines.ts';
import { POINTS } from './transforms.ts';

/** Products of a tile. */
export const PRODUCTS = POINTS * POINTS;

/** The index of a product, by its row and column in the tile. */
export const productAt = (row: IndexLike, column: number): Index => Index.from(row).times(POINTS).plus(column);

/** Matrices that begin at `start`, `stride` floats apart, and end before `end`. */
export interface Matrices {
  readonly start: number;
  readonly stride: number;
  readonly end: number;
}

export function matricesFrom(start: number, floats: number): Matrices {
  const stride = oddLines(floats);
  return { start, stride, end: start + PRODUCTS * stride };
}

/**
 * The accessor for the matrix of a product, made from the accessor for a single matrix at the beginning of the buffer.
 */
export const ofProduct =
  ({ start, stride }: Matrices, element: (...indices: Index[]) => Access) =>
  (product: Index, ...indices: Index[]): Access => {
    const { buffer, index } = element(...indices);
    return { buffer, index: index.plus(start).plus(product.times(stride)) };
  };

/** A number of floats, rounded up to whole vectors. */
export const paddedToLanes = (floats: number): number => LANES * Math.ceil(floats / LANES);

/** Covers 0 … count − 1 with vectors: calls `visit(first, size)` for each. The last one may have fewer than 8 lanes. */
export function forEachVector(k: KernelBuilder, count: number, visit: (first: Index, size: number) => void): void {
  const rest = count % LANES;
  if (count > rest) k.loop('vector', 0, count - rest, (first) => visit(first, LANES), LANES);
  if (rest > 0) visit(new Index(count - rest), rest);
}

// Statistics of each channel over the samples of many blocks, for batch normalization. Each block is summed separately
// and the partial results are combined in order, so that threads can share the blocks.
import {
  add,
  divide,
  equalTo,
  lane,
  load,
  loadScalar,
  max,
  multiply,
  scalarMultiply,
  select,
  splat,
  squareRoot,
  subtract,
  sumLanes,
} from '../../language/floats.ts';
import type { Index, IndexLike } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import { type Accessor, cells, repeated, scalars } from '../../language/operands.ts';
import { type Access, LANES, type Vector } from '../../language/value.ts';
import type { PlanesShape } from '../../shapes.ts';
import { laneSums } from '../math/lane-sums.ts';

/**
 * The sums pass through memory before `sumLanes` adds their lanes, because V8 makes wide vectors only of values that
 * are stored whole.
 */
export const BATCH_STATISTICS_SCRATCH_FLOATS = 2 * LANES;

/**
 * The floats that `blockMoments` stores: the number of values of each channel, mean (channels), Σ (x − mean)²
 * (channels).
 */
export const partialMomentsFloats = (channels: number): number => 1 + 2 * channels;

/**
 * The floats that `combineMoments` stores: mean (channels), 1 / deviation (channels), variance (channels), the number
 * of values of each channel.
 */
export const momentsFloats = (channels: number): number => 3 * channels + 1;

/** The floats that `blockGradientSums` and `combineSums` store: Σ ∂E/∂y (channels), Σ ∂E/∂y · x̂ (channels). */
export const gradientSumsFloats = (channels: number): number => 2 * channels;

/**
 * The statistics of each channel over the pixels of the samples of a block: mean = Σ x / n, then Σ (x − mean)² in a
 * second pass. Samples of weight 0 do not count, whatever their numbers are. If all samples have weight 0, n and the
 * statistics are 0.
 */
export function blockMoments({ channels, area }: PlanesShape) {
  const operands = {
    x: cells(channels, area),
    weights: cells(1),
    scratch: cells(2),
    partial: scalars(partialMomentsFloats(channels)),
  };
  return kernel('blockMoments', operands, (k, { x, weights, scratch, partial }) => {
    const place = partialMoments((_, i) => partial(i), channels);
    const counted = whereCounted(k, weights);
    const values = k.letScalar('values', scalarMultiply(sumLanes(counted(splat(1))), area));
    k.storeScalar(place.values(0), values);
    const divisor = k.let('divisor', max(splat(values), 1));
    k.loop('channel', 0, channels, (c) => {
      const { sum } = laneSums(k, area, ['sum'], (pixel) => ({ sum: load(x(c, pixel)) }));
      k.store(scratch(0), counted(sum));
      const mean = k.let('mean', divide(splat(sumLanes(load(scratch(0)))), divisor));
      const { squares } = laneSums(k, area, ['squares'], (pixel) => {
        const deviation = k.let('deviation', subtract(load(x(c, pixel)), mean));
        return { squares: multiply(deviation, deviation) };
      });
      k.storeScalar(place.mean(0, c), lane(mean, 0));
      k.store(scratch(1), counted(squares));
      k.storeScalar(place.squares(0, c), sumLanes(load(scratch(1))));
    });
  });
}

/**
 * Combines the statistics of blocks in order: with n = nA + nB and δ = meanB − meanA, mean = meanA + δ · nB / n and
 * squares = squaresA + squaresB + δ² · nA · nB / n (T. F. Chan and others, "Updating formulae and a pairwise algorithm
 * for computing sample variances", 1979). Then variance = squares / n, and 1 / deviation = 1 / √(variance + epsilon).
 * Blocks with n = 0 are ignored, whatever their numbers are; at least one block must have n > 0.
 */
export function combineMoments(shape: {
  readonly channels: number;
  readonly epsilon: number;
  /** Floats from the statistics of one block to those of the next; by default they are adjacent. */
  readonly stride?: number;
}) {
  const { channels, epsilon, stride = partialMomentsFloats(channels) } = shape;
  const operands = {
    partials: repeated(scalars(partialMomentsFloats(channels)), stride),
    blocks: 'index',
    moments: scalars(momentsFloats(channels)),
  } as const;
  return kernel('combineMoments', operands, (k, { partials, blocks, moments }) => {
    const partial = partialMoments(partials, channels);
    const all = momentsOf(moments, channels);
    forEachVector(k, channels, (c, read, write) => {
      const values = k.variable('values', splat(0));
      const mean = k.variable('mean', splat(0));
      const squares = k.variable('squares', splat(0));
      k.loop('block', 0, blocks, (block) => {
        const added = k.let('added', splat(loadScalar(partial.values(block))));
        const isEmpty = equalTo(added, 0);
        const total = k.let('total', add(values.value, added));
        const share = k.let('share', divide(added, total));
        const difference = k.let('difference', subtract(read(partial.mean(block, c)), mean.value));
        const between = multiply(difference, multiply(difference, multiply(values.value, share)));
        const sum = add(add(squares.value, read(partial.squares(block, c))), between);
        squares.set(select(isEmpty, squares.value, sum));
        mean.set(select(isEmpty, mean.value, add(mean.value, multiply(difference, share))));
        values.set(total);
      });
      const variance = k.let('variance', divide(squares.value, values.value));
      write(all.mean(c), mean.value);
      write(all.inverse(c), divide(1, squareRoot(add(variance, epsilon))));
      write(all.variance(c), variance);
      k.storeScalar(all.values, lane(values.value, 0));
    });
  });
}

/**
 * Σ ∂E/∂y and Σ ∂E/∂y · x̂ of each channel over the pixels of the samples of a block, with x̂ = (x − mean) / deviation.
 * Samples of weight 0 do not count, whatever their numbers are. The sums over all blocks are the gradients of offset
 * and scale.
 */
export function blockGradientSums({ channels, area }: PlanesShape) {
  const operands = {
    x: cells(channels, area),
    dy: cells(channels, area),
    moments: scalars(momentsFloats(channels)),
    weights: cells(1),
    scratch: cells(2),
    partial: scalars(gradientSumsFloats(channels)),
  };
  return kernel('blockGradientSums', operands, (k, { x, dy, moments, weights, scratch, partial }) => {
    const row = momentsOf(moments, channels);
    const place = gradientSums(partial, channels);
    const counted = whereCounted(k, weights);
    k.loop('channel', 0, channels, (c) => {
      const mean = k.let('mean', splat(loadScalar(row.mean(c))));
      const { sum, product } = laneSums(k, area, ['sum', 'product'], (pixel) => {
        const gradient = k.let('dy', load(dy(c, pixel)));
        const deviation = subtract(load(x(c, pixel)), mean);
        return { sum: gradient, product: multiply(gradient, deviation) };
      });
      k.store(scratch(0), counted(sum));
      k.store(scratch(1), counted(product));
      k.storeScalar(place.sum(c), sumLanes(load(scratch(0))));
      k.storeScalar(place.product(c), scalarMultiply(sumLanes(load(scratch(1))), loadScalar(row.inverse(c))));
    });
  });
}

/** Adds the sums of blocks (`blockGradientSums`), in order. */
export function combineSums(shape: { readonly channels: number; readonly stride?: number }) {
  const floats = gradientSumsFloats(shape.channels);
  const { stride = floats } = shape;
  const operands = {
    partials: repeated(scalars(floats), stride),
    blocks: 'index',
    totals: scalars(floats),
  } as const;
  return kernel('combineSums', operands, (k, { partials, blocks, totals }) => {
    forEachVector(k, floats, (i, read, write) => {
      const sum = k.variable('sum', splat(0));
      k.loop('block', 0, blocks, (block) => {
        sum.set(add(sum.value, read(partials(block, i))));
      });
      write(totals(i), sum.value);
    });
  });
}

/** The value in lanes whose sample has a weight, 0 in the other lanes. */
export function whereCounted(k: KernelBuilder, weights: Accessor<[number]>): (value: Vector) => Vector {
  const weight = k.let('weight', load(weights(0)));
  return (value) => select(equalTo(weight, 0), 0, value);
}

/** Runs the body for 8 numbers at a time, then for each remaining number. */
export function forEachVector(
  k: KernelBuilder,
  count: number,
  body: (first: Index, read: (place: Access) => Vector, write: (place: Access, value: Vector) => void) => void,
): void {
  const rest = count % LANES;
  const readOne = (place: Access) => splat(loadScalar(place));
  const writeOne = (place: Access, value: Vector) => k.storeScalar(place, lane(value, 0));
  k.loop('first', 0, count - rest, (i) => body(i, load, (place, value) => k.store(place, value)), LANES);
  k.loop('i', count - rest, count, (i) => body(i, readOne, writeOne));
}

function partialMoments(at: (block: IndexLike, i: IndexLike) => Access, channels: number) {
  return {
    values: (block: IndexLike) => at(block, 0),
    mean: (block: IndexLike, c: Index) => at(block, c.plus(1)),
    squares: (block: IndexLike, c: Index) => at(block, c.plus(1 + channels)),
  };
}

/** The accessors for the statistics that `combineMoments` stores. */
export function momentsOf(at: Accessor<[number]>, channels: number) {
  return {
    mean: (c: Index) => at(c),
    inverse: (c: Index) => at(c.plus(channels)),
    variance: (c: Index) => at(c.plus(2 * channels)),
    values: at(3 * channels),
  };
}

/** The accessors for the sums that `combineSums` stores. */
export function gradientSums(at: Accessor<[number]>, channels: number) {
  return { sum: (c: Index) => at(c), product: (c: Index) => at(c.plus(channels)) };
}

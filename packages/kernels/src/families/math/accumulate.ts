// Results that are stored in the first block of a shard and added to in later blocks.
import { loadScalar, scalarAdd, sumLanes } from '../../language/floats.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import type { Access, Scalar, Vector } from '../../language/value.ts';

/** Stores the number; with `accumulate`, adds it to the number that is there. */
export function accumulateScalar(k: KernelBuilder, place: Access, value: Scalar, accumulate: boolean): void {
  k.storeScalar(place, accumulate ? scalarAdd(loadScalar(place), value) : value);
}

/** Stores the sum over the lanes; with `accumulate`, adds it to the number that is there. */
export const accumulateLanes = (k: KernelBuilder, place: Access, value: Vector, accumulate: boolean): void =>
  accumulateScalar(k, place, sumLanes(value), accumulate);

// The greatest of several vectors in each lane, and its index.
import { convert, equalTo, lessThan, max, not, or, select, splat } from '../../language/floats.ts';
import type { IndexLike } from '../../language/index-expression.ts';
import type { KernelBuilder, VectorCell } from '../../language/kernel-builder.ts';
import type { Vector } from '../../language/value.ts';
import { maxOrNaN } from '../math/elementary.ts';

/** The greatest vector so far, in each lane. NaN is greater than all numbers. */
export interface Maximum {
  readonly largest: VectorCell;
  enter(x: Vector, index: IndexLike): void;
}

export function maximum(k: KernelBuilder, start: Vector): Maximum {
  const largest = k.variable('largest', start);
  return { largest, enter: (x) => largest.set(maxOrNaN(largest.value, k.let('x', x))) };
}

/** The maximum with its index: of equal numbers the first one, of several NaN the last one. */
export interface Argmax extends Maximum {
  readonly index: VectorCell;
}

/** Starts with a vector and its index. The indices of the vectors that enter must increase. */
export function argmax(k: KernelBuilder, start: Vector, first: IndexLike): Argmax {
  const largest = k.variable('largest', start);
  const index = k.variable('index', splat(convert(first)));
  return {
    largest,
    index,
    enter(value, ofValue) {
      const x = k.let('x', value);
      const isGreater = or(lessThan(largest.value, x), not(equalTo(x, x)));
      // Because indices increase, this needs one operation less than a select between the two.
      index.set(max(index.value, select(isGreater, splat(convert(ofValue)), 0)));
      largest.set(select(isGreater, x, largest.value));
    },
  };
}

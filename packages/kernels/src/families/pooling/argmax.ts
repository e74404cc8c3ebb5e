// The greatest of several vectors, lane by lane, and which of them it was.

import { convert, equalTo, lessThan, max, not, or, select, splat } from '../../language/floats.ts';
import type { IndexLike } from '../../language/index-expression.ts';
import type { KernelBuilder, VectorCell } from '../../language/kernel-builder.ts';
import type { Vector } from '../../language/value.ts';
import { maxOrNaN } from '../math/elementary.ts';

/** The greatest vector so far. NaN is greater than all others. */
export interface Maximum {
  readonly largest: VectorCell;
  enter(x: Vector, number: IndexLike): void;
}

export function maximum(k: KernelBuilder, start: Vector): Maximum {
  const largest = k.variable('largest', start);
  return { largest, enter: (x) => largest.set(maxOrNaN(largest.value, k.let('x', x))) };
}

/** The same with its number. Of equal vectors the first one wins, of several NaN the last. */
export interface Contest extends Maximum {
  readonly number: VectorCell;
}

/** Begins with a vector of that number; those that enter have rising numbers. */
export function contest(k: KernelBuilder, start: Vector, first: IndexLike): Contest {
  const largest = k.variable('largest', start);
  const number = k.variable('number', splat(convert(first)));
  return {
    largest,
    number,
    enter(value, ofValue) {
      const x = k.let('x', value);
      const wins = or(lessThan(largest.value, x), not(equalTo(x, x)));
      // One operation less than to select one of the two, since numbers rise.
      number.set(max(number.value, select(wins, splat(convert(ofValue)), 0)));
      largest.set(select(wins, x, largest.value));
    },
  };
}

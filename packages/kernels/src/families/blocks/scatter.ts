// Brings results out of the layout of the kernels: one block becomes 8 rows.

import { lane, load } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells, scalars } from '../../language/operands.ts';
import { LANES } from '../../language/value.ts';

/**
 * row n's value i = x[i], lane n.
 *
 * Arguments: x cells (count), 8 rows of count floats, one behind the other.
 */
export const scatter = (count: number) =>
  kernel('scatter', { x: cells(count), rows: scalars(LANES, count) }, (k, { x, rows }) =>
    k.loop('i', 0, count, (i) => {
      const value = k.let('x', load(x(i)));
      for (let n = 0; n < LANES; n++) k.storeScalar(rows(n, i), lane(value, n));
    }),
  );

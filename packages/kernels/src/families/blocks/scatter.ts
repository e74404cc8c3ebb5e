// Converts results from the layout of kernels to rows: one block becomes 8 rows.
import { lane, load } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells, scalars } from '../../language/operands.ts';
import { LANES } from '../../language/value.ts';

/** rows[n][i] = lane n of x[i] */
export const scatter = (count: number) =>
  kernel('scatter', { x: cells(count), rows: scalars(LANES, count) }, (k, { x, rows }) =>
    k.loop('i', 0, count, (i) => {
      const value = k.let('x', load(x(i)));
      for (let n = 0; n < LANES; n++) k.storeScalar(rows(n, i), lane(value, n));
    }),
  );

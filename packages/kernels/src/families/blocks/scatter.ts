// Brings results out of the layout of the kernels: one block becomes 8 rows.
import { cells, kernel, scalars } from '../../language/kernel-builder.ts';
import type { Kernel } from '../../language/statement.ts';
import { LANES, lane, load } from '../../language/value.ts';

/**
 * row n's value i = x[i], lane n.
 *
 * Arguments: x cells (count), 8 rows of count floats, one behind the other.
 */
export function scatter(count: number): Kernel {
  return kernel('scatter', { x: 'f32[]', rows: 'f32[]' }, (k, { x, rows }) => {
    const input = cells(x, [count]);
    const values = scalars(rows, [LANES, count]);
    k.loop('i', 0, count, (i) => {
      const value = k.let('x', load(input(i)));
      for (let n = 0; n < LANES; n++) k.storeScalar(values(n, i), lane(value, n));
    });
  });
}

// Converts samples from the layout of data sets to the layout of kernels: 8 rows become one block.
import { loadScalar, scalarAdd, scalarMultiply } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { scalars, scalarsOf } from '../../language/operands.ts';
import { LANES, type Scalar } from '../../language/value.ts';

/** Samples of `channels` planes of `area` values. */
export interface GatherShape {
  readonly source: 'u8' | 'f32';
  readonly channels: number;
  readonly area: number;
  /** For each channel; a number of the block is value · scale + offset. */
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** Lane n of x[c][i] = rows[n][c][i] · scale[c] + offset[c], rounded after the product and after the sum. */
export function gather(shape: GatherShape) {
  const { source, channels, area } = shape;
  const operands = { rows: scalarsOf(source, LANES, channels * area), x: scalars(channels * area, LANES) };
  return kernel('gather', operands, (k, { rows, x }) => {
    for (const { first, last, scale, offset } of runs(shape)) {
      const transform = (value: Scalar) =>
        scale === 1 && offset === 0 ? value : scalarAdd(scalarMultiply(value, scale), offset);
      k.loop('i', first * area, last * area, (i) => {
        for (let n = 0; n < LANES; n++) k.storeScalar(x(i, n), transform(loadScalar(rows(n, i))));
      });
    }
  });
}

/** Channels first … last − 1, which have the same scale and offset. */
interface Run {
  readonly first: number;
  readonly last: number;
  readonly scale: number;
  readonly offset: number;
}

function runs({ channels, scale, offset }: GatherShape): readonly Run[] {
  const found: Run[] = [];
  for (let c = 0; c < channels; c++) {
    const run = { first: c, last: c + 1, scale: scale[c] as number, offset: offset[c] as number };
    const previous = found.at(-1);
    if (previous?.scale === run.scale && previous.offset === run.offset)
      found.splice(-1, 1, { ...previous, last: c + 1 });
    else found.push(run);
  }
  return found;
}

// Dropout against its twin: the same numbers stay, bit for bit.
import * as families from '../../src/families/dropout/dropout.ts';
import * as reference from '../../src/reference/index.ts';
import type { DropoutShape } from '../../src/shapes.ts';
import { expectClose, expectSameBits, fromCells, run, SAMPLES, toCells, unchanged, values } from '../harness.ts';

export function checkDropout(shape: DropoutShape, seed: number, change = unchanged): void {
  const keys = Uint32Array.from(values(SAMPLES, seed, 1), (v) => v * 2 ** 31);
  // None is 0, so that a 0 has been dropped.
  const x = values(SAMPLES * shape.cells, seed, 2).map((v) => Math.fround(v + 2));
  const y = run(change(families.dropout(shape)), [toCells(x), keys, toCells(x).fill(NaN)]).at(-1)!;
  const stays = fromCells(y).map((value) => Number(value !== 0));
  expectSameBits(stays, reference.dropoutMask(shape, keys));
  expectClose(fromCells(y), reference.dropout(shape, x, keys), 1e-6);
}

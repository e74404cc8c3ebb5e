// Dropout: sets random numbers, or random planes, to 0. The choice is a function of keys, so nothing has to be kept for
// the gradient.
import { lessOrEqual, load, multiply, select } from '../../language/floats.ts';
import { fraction, loadIntegers, splatInteger, xor } from '../../language/integers.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells, cellsOf } from '../../language/operands.ts';
import type { DropoutShape } from '../../shapes.ts';
import { mix } from '../math/hash.ts';

/** 2^32 divided by the golden ratio. Its multiples modulo 2^32 lie far apart. */
const GOLDEN = 0x9e3779b9;

/**
 * y = x / (1 − rate) where u ≥ rate, else 0. There is one draw u in [0, 1) per sample and cell, or per sample and
 * channel; draw i is the upper 24 bits of mix(mix(key ⊕ mix(layerKey)) ⊕ mix(i · 0x9e3779b9)) with the key of the
 * sample. The gradient is the same function of ∂E/∂y. y may be x.
 */
export function dropout({ cells: count, channels = count, rate, layerKey }: DropoutShape) {
  const area = count / channels;
  const operands = { x: cells(channels, area), keys: cellsOf('u32', 1), y: cells(channels, area) };
  return kernel('dropout', operands, (k, { x, keys, y }) => {
    const start = mix(k, xor(loadIntegers(keys(0)), mix(k, splatInteger(layerKey))));
    k.loop('channel', 0, channels, (c) => {
      const draw = k.let('draw', fraction(mix(k, xor(start, mix(k, splatInteger(c.times(GOLDEN)))))));
      k.loop('cell', 0, area, (i) => {
        k.store(y(c, i), select(lessOrEqual(rate, draw), multiply(load(x(c, i)), 1 / (1 - rate)), 0));
      });
    });
  });
}

// Parametric ReLU and its gradients. The slope below 0 is learned, one a channel.

import {
  add,
  lessThan,
  load,
  loadScalar,
  multiply,
  scalarAdd,
  select,
  splat,
  sumLanes,
} from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells, scalars } from '../../language/operands.ts';
import type { PlanesShape } from '../../shapes.ts';

/** Channels whose slopes' gradients are summed side by side, so that additions need not wait for each other. */
const CHANNEL_TILE = 4;

/**
 * y = x where x > 0, else slope[c] · x.
 *
 * Arguments: x cells (channels, area), slope (channels), y cells as x (may be x).
 */
export function prelu({ channels, area }: PlanesShape) {
  const operands = { x: cells(channels, area), slope: scalars(channels), y: cells(channels, area) };
  return kernel('prelu', operands, (k, { x, slope, y }) => {
    k.loop('channel', 0, channels, (c) => {
      const factor = k.let('slope', splat(loadScalar(slope(c))));
      k.loop('pixel', 0, area, (pixel) => {
        const value = k.let('x', load(x(c, pixel)));
        k.store(y(c, pixel), select(lessThan(0, value), value, multiply(factor, value)));
      });
    });
  });
}

/**
 * ∂E/∂x = ∂E/∂y where x > 0, else slope[c] · ∂E/∂y.
 *
 * Arguments: x cells (channels, area), slope (channels), dy and dx cells as x (dx may be dy).
 */
export function preluInputGradient({ channels, area }: PlanesShape) {
  const plane = cells(channels, area);
  return kernel(
    'preluInputGradient',
    { x: plane, slope: scalars(channels), dy: plane, dx: plane },
    (k, { x, slope, dy, dx }) => {
      k.loop('channel', 0, channels, (c) => {
        const factor = k.let('slope', splat(loadScalar(slope(c))));
        k.loop('pixel', 0, area, (pixel) => {
          const gradient = k.let('dy', load(dy(c, pixel)));
          const scaled = select(lessThan(0, load(x(c, pixel))), gradient, multiply(factor, gradient));
          k.store(dx(c, pixel), scaled);
        });
      });
    },
  );
}

/**
 * ∂E/∂slope[c] = Σ ∂E/∂y · x over the samples and pixels with x ≤ 0. Each lane sums its sample's pixels in order; `sumLanes` adds the lanes.
 *
 * Arguments: x cells (channels, area), dy cells as x, dslope (channels; added to when `accumulate`, else overwritten).
 */
export function preluSlopeGradient({ channels, area }: PlanesShape, accumulate = false) {
  const operands = { x: cells(channels, area), dy: cells(channels, area), dslope: scalars(channels) };
  return kernel('preluSlopeGradient', operands, (k, { x, dy, dslope }) => {
    k.tiles('channel', channels, CHANNEL_TILE, (first, size) => {
      const sums = Array.from({ length: size }, () => k.variable('sum', splat(0)));
      k.loop('pixel', 0, area, (pixel) =>
        sums.forEach((sum, c) => {
          const value = k.let('x', load(x(first.plus(c), pixel)));
          const share = multiply(load(dy(first.plus(c), pixel)), value);
          sum.set(add(sum.value, select(lessThan(0, value), 0, share)));
        }),
      );
      sums.forEach((sum, c) => {
        const place = dslope(first.plus(c));
        const total = sumLanes(sum.value);
        k.storeScalar(place, accumulate ? scalarAdd(loadScalar(place), total) : total);
      });
    });
  });
}

// Parametric ReLU and its gradients. The slope below 0 is learned, one a channel.
import { cells, kernel, scalars } from '../../language/kernel-builder.ts';
import type { Kernel } from '../../language/statement.ts';
import { add, lessThan, load, loadScalar, multiply, scalarAdd, select, splat, sumLanes } from '../../language/value.ts';
import type { PlanesShape } from '../../shapes.ts';

/** Channels whose slopes' gradients are summed side by side, so that additions need not wait for each other. */
const CHANNEL_TILE = 4;

/**
 * y = x where x > 0, else slope[c] · x.
 *
 * Arguments: x cells (channels, area), slope (channels), y cells as x (may be x).
 */
export function prelu({ channels, area }: PlanesShape): Kernel {
  return kernel('prelu', { x: 'f32[]', slope: 'f32[]', y: 'f32[]' }, (k, { x, slope, y }) => {
    const input = cells(x, [channels, area]);
    const output = cells(y, [channels, area]);
    k.loop('channel', 0, channels, (c) => {
      const factor = k.let('slope', splat(loadScalar(scalars(slope, [channels])(c))));
      k.loop('pixel', 0, area, (pixel) => {
        const value = k.let('x', load(input(c, pixel)));
        k.store(output(c, pixel), select(lessThan(0, value), value, multiply(factor, value)));
      });
    });
  });
}

/**
 * ∂E/∂x = ∂E/∂y where x > 0, else slope[c] · ∂E/∂y.
 *
 * Arguments: x cells (channels, area), slope (channels), dy and dx cells as x (dx may be dy).
 */
export function preluInputGradient({ channels, area }: PlanesShape): Kernel {
  const parameters = { x: 'f32[]', slope: 'f32[]', dy: 'f32[]', dx: 'f32[]' } as const;
  return kernel('preluInputGradient', parameters, (k, { x, slope, dy, dx }) => {
    const input = cells(x, [channels, area]);
    const outputGradient = cells(dy, [channels, area]);
    const inputGradient = cells(dx, [channels, area]);
    k.loop('channel', 0, channels, (c) => {
      const factor = k.let('slope', splat(loadScalar(scalars(slope, [channels])(c))));
      k.loop('pixel', 0, area, (pixel) => {
        const gradient = k.let('dy', load(outputGradient(c, pixel)));
        const scaled = select(lessThan(0, load(input(c, pixel))), gradient, multiply(factor, gradient));
        k.store(inputGradient(c, pixel), scaled);
      });
    });
  });
}

/**
 * ∂E/∂slope[c] = Σ ∂E/∂y · x over the samples and pixels with x ≤ 0. Each lane sums its sample's pixels in order; `sumLanes` adds the lanes.
 *
 * Arguments: x cells (channels, area), dy cells as x, dslope (channels; added to when `accumulate`, else overwritten).
 */
export function preluSlopeGradient({ channels, area }: PlanesShape, accumulate = false): Kernel {
  return kernel('preluSlopeGradient', { x: 'f32[]', dy: 'f32[]', dslope: 'f32[]' }, (k, { x, dy, dslope }) => {
    const input = cells(x, [channels, area]);
    const outputGradient = cells(dy, [channels, area]);
    const slopeGradient = scalars(dslope, [channels]);
    k.tiles('channel', channels, CHANNEL_TILE, (first, size) => {
      const sums = Array.from({ length: size }, () => k.variable('sum', splat(0)));
      k.loop('pixel', 0, area, (pixel) =>
        sums.forEach((sum, c) => {
          const value = k.let('x', load(input(first.plus(c), pixel)));
          const share = multiply(load(outputGradient(first.plus(c), pixel)), value);
          sum.set(add(sum.value, select(lessThan(0, value), 0, share)));
        }),
      );
      sums.forEach((sum, c) => {
        const place = slopeGradient(first.plus(c));
        const total = sumLanes(sum.value);
        k.storeScalar(place, accumulate ? scalarAdd(loadScalar(place), total) : total);
      });
    });
  });
}

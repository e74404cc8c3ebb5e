// Parametric ReLU and its gradients. The slope for x ≤ 0 is learned, one per channel.
import { lessThan, load, loadScalar, multiply, select, splat } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells, scalars } from '../../language/operands.ts';
import type { PlanesShape } from '../../shapes.ts';
import { accumulateLanes } from '../math/accumulate.ts';
import { type ChannelTerms, forEachChannelSum } from '../math/channel-sums.ts';

/** y = x where x > 0, else slope[c] · x. y may be x. */
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

/** ∂E/∂x = ∂E/∂y where x > 0, else slope[c] · ∂E/∂y. dx may be dy. */
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
 * ∂E/∂slope[c] = Σ ∂E/∂y · x over the samples and pixels with x ≤ 0. Each lane sums the pixels of its sample in order;
 * `sumLanes` adds the lanes. With `accumulate`, the sum is added to dslope.
 */
export function preluSlopeGradient(shape: PlanesShape, accumulate = false) {
  const { channels, area } = shape;
  const operands = { x: cells(channels, area), dy: cells(channels, area), dslope: scalars(channels) };
  return kernel('preluSlopeGradient', operands, (k, { x, dy, dslope }) => {
    const terms: ChannelTerms = (c) => (pixel) => {
      const value = k.let('x', load(x(c, pixel)));
      return select(lessThan(0, value), 0, multiply(load(dy(c, pixel)), value));
    };
    forEachChannelSum(k, shape, terms, (c, sum) => accumulateLanes(k, dslope(c), sum, accumulate));
  });
}

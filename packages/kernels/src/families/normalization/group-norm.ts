// Group normalization: statistics of each group of channels of each sample. With one group and channels of one cell it
// is layer normalization over the whole sample.
import { add, divide, load, multiply, squareRoot, subtract } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells, cellsIn, scalars } from '../../language/operands.ts';
import { LANES } from '../../language/value.ts';
import type { GroupNormShape } from '../../shapes.ts';
import { identity } from '../activations/activation.ts';
import { accumulateLanes } from '../math/accumulate.ts';
import { laneSums } from '../math/lane-sums.ts';
import { type NormalizationOptions, scaledBy, shiftedBy } from './normalization.ts';

/** The floats that `groupNorm` saves for the gradients. */
export const groupNormSavedFloats = ({ groups }: GroupNormShape): number => 2 * groups * LANES;

/**
 * y = f((x − mean) / √(variance + epsilon) · scale + offset), where mean = Σ x / n and, in a second pass, variance = Σ
 * (x − mean)² / n over the n cells of a group. Saves mean and 1 / deviation for the gradients. y must not be x.
 * Y. Wu, K. He, "Group normalization", 2018.
 */
export function groupNorm(shape: GroupNormShape, options: NormalizationOptions = {}) {
  const { channels, groups, area, epsilon } = shape;
  const { activation = identity, useScale = true, useOffset = true } = options;
  const { perGroup, size, planes, saved } = grouped(shape);
  const operands = {
    x: planes,
    scale: useScale ? scalars(channels) : undefined,
    offset: useOffset ? scalars(channels) : undefined,
    saved,
    y: planes,
  };
  return kernel('groupNorm', operands, (k, { x, scale, offset, saved, y }) => {
    const members = cellsIn(x.buffer, [groups, size]);
    k.loop('group', 0, groups, (group) => {
      const { sum } = laneSums(k, size, ['sum'], (i) => ({ sum: load(members(group, i)) }));
      const mean = k.let('mean', divide(sum, size));
      const { squares } = laneSums(k, size, ['squares'], (i) => {
        const deviation = k.let('deviation', subtract(load(members(group, i)), mean));
        return { squares: multiply(deviation, deviation) };
      });
      const inverse = k.let('inverse', divide(1, squareRoot(add(divide(squares, size), epsilon))));
      k.store(saved(group, 0), mean);
      k.store(saved(group, 1), inverse);
      k.loop('channel', 0, perGroup, (c) => {
        const channel = group.times(perGroup).plus(c);
        const factor = k.let('factor', scaledBy(k, scale, channel)(inverse));
        const shifted = shiftedBy(k, offset, channel);
        k.loop('pixel', 0, area, (pixel) => {
          const normalized = multiply(subtract(load(x(group, c, pixel)), mean), factor);
          k.store(y(group, c, pixel), activation.forward(k, shifted(normalized)));
        });
      });
    });
  });
}

/**
 * ∂E/∂scale[c] = Σ ∂E/∂y · x̂ over samples and pixels, with x̂ = (x − mean) / deviation: in each lane over the pixels,
 * then over the lanes. With `accumulate`, the sum is added to dscale.
 */
export function groupNormScaleGradient(shape: GroupNormShape, accumulate = false) {
  const { groups, area } = shape;
  const { perGroup, planes, saved } = grouped(shape);
  const operands = { x: planes, dy: planes, saved, dscale: scalars(groups, perGroup) };
  return kernel('groupNormScaleGradient', operands, (k, { x, dy, saved, dscale }) => {
    k.loop('group', 0, groups, (group) => {
      const mean = k.let('mean', load(saved(group, 0)));
      const inverse = k.let('inverse', load(saved(group, 1)));
      k.loop('channel', 0, perGroup, (c) => {
        const { product } = laneSums(k, area, ['product'], (pixel) => {
          const deviation = subtract(load(x(group, c, pixel)), mean);
          return { product: multiply(load(dy(group, c, pixel)), deviation) };
        });
        accumulateLanes(k, dscale(group, c), multiply(product, inverse), accumulate);
      });
    });
  });
}

/**
 * With g = ∂E/∂y · scale: ∂E/∂x = (g − Σ g / n − x̂ · Σ (g · x̂) / n) / deviation, summed over the n cells of a group,
 * channel by channel, times the derivative of the activation that made x. dx may be dy.
 */
export function groupNormInputGradient(shape: GroupNormShape, options: NormalizationOptions = {}) {
  const { groups, area } = shape;
  const { activation = identity, useScale = true } = options;
  const { perGroup, size, planes, saved } = grouped(shape);
  const scale = useScale ? scalars(shape.channels) : undefined;
  const operands = { x: planes, dy: planes, scale, saved, dx: planes };
  return kernel('groupNormInputGradient', operands, (k, { x, dy, scale, saved, dx }) => {
    k.loop('group', 0, groups, (group) => {
      const mean = k.let('mean', load(saved(group, 0)));
      const inverse = k.let('inverse', load(saved(group, 1)));
      const totals = laneSums(k, perGroup, ['sum', 'product'], (c) => {
        const { sum, product } = laneSums(k, area, ['sum', 'product'], (pixel) => {
          const gradient = k.let('dy', load(dy(group, c, pixel)));
          return { sum: gradient, product: multiply(gradient, subtract(load(x(group, c, pixel)), mean)) };
        });
        const scaled = scaledBy(k, scale, group.times(perGroup).plus(c));
        return { sum: scaled(sum), product: scaled(product) };
      });
      const constant = k.let('constant', divide(totals.sum, size));
      const slope = k.let('slope', divide(multiply(totals.product, multiply(inverse, inverse)), size));
      k.loop('channel', 0, perGroup, (c) => {
        const scaled = scaledBy(k, scale, group.times(perGroup).plus(c));
        k.loop('pixel', 0, area, (pixel) => {
          const value = k.let('x', load(x(group, c, pixel)));
          const centred = subtract(scaled(load(dy(group, c, pixel))), constant);
          const gradient = multiply(subtract(centred, multiply(subtract(value, mean), slope)), inverse);
          k.store(dx(group, c, pixel), activation.backward(k, gradient, value));
        });
      });
    });
  });
}

function grouped({ channels, area, groups }: GroupNormShape) {
  const perGroup = channels / groups;
  return {
    perGroup,
    size: perGroup * area,
    planes: cells(groups, perGroup, area),
    /** For each group: mean, 1 / deviation. */
    saved: cells(groups, 2),
  };
}

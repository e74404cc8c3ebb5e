// Group normalization: the statistics of each group of channels of each sample, one sample a lane. With one group of channels of one cell
// each it is layer normalization over the whole sample.
import { cells, kernel, scalars } from '../../language/kernel-builder.ts';
import type { Kernel } from '../../language/statement.ts';
import { add, type Buffer, divide, LANES, load, multiply, squareRoot, subtract } from '../../language/value.ts';
import type { GroupNormShape } from '../../shapes.ts';
import { identity } from '../activations/activation.ts';
import { laneSums } from '../math/lane-sums.ts';
import { type NormalizationOptions, scaledBy, shiftedBy, storeSum } from './normalization.ts';

/** Floats of what `groupNorm` keeps for the gradients. */
export const groupNormSavedFloats = ({ groups }: GroupNormShape): number => 2 * groups * LANES;

/**
 * y = f((x − mean) / √(variance + epsilon) · scale + offset), where mean = Σ x / n and, in a second pass, variance = Σ (x − mean)² / n over
 * the n cells of a group. Y. Wu, K. He, "Group normalization", 2018.
 *
 * Arguments: x cells (channels, area), scale (channels) if used, offset (channels) if used, saved (`groupNormSavedFloats`), y cells as x
 * (not x).
 */
export function groupNorm(shape: GroupNormShape, options: NormalizationOptions = {}): Kernel {
  const { groups, area, epsilon } = shape;
  const { activation = identity, useScale = true, useOffset = true } = options;
  const { perGroup, size, cellsOf } = grouped(shape);
  const parameters = {
    x: 'f32[]',
    scale: useScale ? 'f32[]' : undefined,
    offset: useOffset ? 'f32[]' : undefined,
    saved: 'f32[]',
    y: 'f32[]',
  } as const;
  return kernel('groupNorm', parameters, (k, { x, scale, offset, saved, y }) => {
    const members = cells(x, [groups, size]);
    const statistics = cells(saved, [groups, 2]);
    const input = cellsOf(x);
    const output = cellsOf(y);
    k.loop('group', 0, groups, (group) => {
      const { sum } = laneSums(k, size, ['sum'], (i) => ({ sum: load(members(group, i)) }));
      const mean = k.let('mean', divide(sum, size));
      const { squares } = laneSums(k, size, ['squares'], (i) => {
        const deviation = k.let('deviation', subtract(load(members(group, i)), mean));
        return { squares: multiply(deviation, deviation) };
      });
      const inverse = k.let('inverse', divide(1, squareRoot(add(divide(squares, size), epsilon))));
      k.store(statistics(group, 0), mean);
      k.store(statistics(group, 1), inverse);
      k.loop('channel', 0, perGroup, (c) => {
        const channel = group.times(perGroup).plus(c);
        const factor = k.let('factor', scaledBy(k, scale, channel)(inverse));
        const shifted = shiftedBy(k, offset, channel);
        k.loop('pixel', 0, area, (pixel) => {
          const normalized = multiply(subtract(load(input(group, c, pixel)), mean), factor);
          k.store(output(group, c, pixel), activation.forward(k, shifted(normalized)));
        });
      });
    });
  });
}

/**
 * ∂E/∂scale[c] = Σ ∂E/∂y · x̂ over samples and pixels, with x̂ = (x − mean) / deviation: in each lane over the pixels, then over the lanes.
 *
 * Arguments: x cells (channels, area), dy cells as x, saved by `groupNorm`, dscale (channels; added to when `accumulate`, else overwritten).
 */
export function groupNormScaleGradient(shape: GroupNormShape, accumulate = false): Kernel {
  const { groups, area } = shape;
  const { perGroup, cellsOf } = grouped(shape);
  const parameters = { x: 'f32[]', dy: 'f32[]', saved: 'f32[]', dscale: 'f32[]' } as const;
  return kernel('groupNormScaleGradient', parameters, (k, { x, dy, saved, dscale }) => {
    const input = cellsOf(x);
    const outputGradient = cellsOf(dy);
    const statistics = cells(saved, [groups, 2]);
    k.loop('group', 0, groups, (group) => {
      const mean = k.let('mean', load(statistics(group, 0)));
      const inverse = k.let('inverse', load(statistics(group, 1)));
      k.loop('channel', 0, perGroup, (c) => {
        const { product } = laneSums(k, area, ['product'], (pixel) => {
          const deviation = subtract(load(input(group, c, pixel)), mean);
          return { product: multiply(load(outputGradient(group, c, pixel)), deviation) };
        });
        storeSum(k, scalars(dscale, [groups, perGroup])(group, c), multiply(product, inverse), accumulate);
      });
    });
  });
}

/**
 * With g = ∂E/∂y · scale: ∂E/∂x = (g − Σ g / n − x̂ · Σ (g · x̂) / n) / deviation, summed over the n cells of a group, channel by channel. Then
 * through the activation that made x.
 *
 * Arguments: x cells (channels, area), dy cells as x, scale (channels) if used, saved by `groupNorm`, dx cells as x (may be dy).
 */
export function groupNormInputGradient(shape: GroupNormShape, options: NormalizationOptions = {}): Kernel {
  const { groups, area } = shape;
  const { activation = identity, useScale = true } = options;
  const { perGroup, size, cellsOf } = grouped(shape);
  const scaleKind = useScale ? 'f32[]' : undefined;
  const parameters = { x: 'f32[]', dy: 'f32[]', scale: scaleKind, saved: 'f32[]', dx: 'f32[]' } as const;
  return kernel('groupNormInputGradient', parameters, (k, { x, dy, scale, saved, dx }) => {
    const input = cellsOf(x);
    const outputGradient = cellsOf(dy);
    const inputGradient = cellsOf(dx);
    const statistics = cells(saved, [groups, 2]);
    k.loop('group', 0, groups, (group) => {
      const mean = k.let('mean', load(statistics(group, 0)));
      const inverse = k.let('inverse', load(statistics(group, 1)));
      const totals = laneSums(k, perGroup, ['sum', 'product'], (c) => {
        const { sum, product } = laneSums(k, area, ['sum', 'product'], (pixel) => {
          const gradient = k.let('dy', load(outputGradient(group, c, pixel)));
          return { sum: gradient, product: multiply(gradient, subtract(load(input(group, c, pixel)), mean)) };
        });
        const scaled = scaledBy(k, scale, group.times(perGroup).plus(c));
        return { sum: scaled(sum), product: scaled(product) };
      });
      const constant = k.let('constant', divide(totals.sum, size));
      const slope = k.let('slope', divide(multiply(totals.product, multiply(inverse, inverse)), size));
      k.loop('channel', 0, perGroup, (c) => {
        const scaled = scaledBy(k, scale, group.times(perGroup).plus(c));
        k.loop('pixel', 0, area, (pixel) => {
          const value = k.let('x', load(input(group, c, pixel)));
          const centred = subtract(scaled(load(outputGradient(group, c, pixel))), constant);
          const gradient = multiply(subtract(centred, multiply(subtract(value, mean), slope)), inverse);
          k.store(inputGradient(group, c, pixel), activation.backward(k, gradient, value));
        });
      });
    });
  });
}

function grouped({ channels, area, groups }: GroupNormShape) {
  const perGroup = channels / groups;
  return { perGroup, size: perGroup * area, cellsOf: (buffer: Buffer) => cells(buffer, [groups, perGroup, area]) };
}

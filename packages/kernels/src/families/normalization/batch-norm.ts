// Batch normalization with the statistics of batch-statistics.ts, and its input gradient.
import { divide, load, loadScalar, multiply, splat, subtract } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells, scalars } from '../../language/operands.ts';
import type { PlanesShape } from '../../shapes.ts';
import { identity } from '../activations/activation.ts';
import { gradientSums, gradientSumsFloats, momentsFloats, momentsOf, whereCounted } from './batch-statistics.ts';
import { type NormalizationOptions, scaledBy, shiftedBy } from './normalization.ts';

/** y = f((x − mean) / deviation · scale + offset), with the statistics and parameters of the channel. y may be x. */
export function normalize({ channels, area }: PlanesShape, options: NormalizationOptions = {}) {
  const { activation = identity, useScale = true, useOffset = true } = options;
  const operands = {
    x: cells(channels, area),
    moments: scalars(momentsFloats(channels)),
    scale: useScale ? scalars(channels) : undefined,
    offset: useOffset ? scalars(channels) : undefined,
    y: cells(channels, area),
  };
  return kernel('normalize', operands, (k, { x, moments, scale, offset, y }) => {
    const row = momentsOf(moments, channels);
    k.loop('channel', 0, channels, (c) => {
      const mean = k.let('mean', splat(loadScalar(row.mean(c))));
      const factor = k.let('factor', scaledBy(k, scale, c)(splat(loadScalar(row.inverse(c)))));
      const shifted = shiftedBy(k, offset, c);
      k.loop('pixel', 0, area, (pixel) => {
        const normalized = multiply(subtract(load(x(c, pixel)), mean), factor);
        k.store(y(c, pixel), activation.forward(k, shifted(normalized)));
      });
    });
  });
}

/**
 * ∂E/∂x = scale / deviation · (∂E/∂y − Σ ∂E/∂y / n − x̂ · Σ (∂E/∂y · x̂) / n), times the derivative of the activation
 * that made x. `totals` are the sums of `combineSums`.
 *
 * A sample of weight 0 has gradient 0, whatever its numbers are: although it is not part of the statistics, the formula
 * would give it a gradient. dx may be dy.
 */
export function normalizeGradient({ channels, area }: PlanesShape, options: NormalizationOptions = {}) {
  const { activation = identity, useScale = true } = options;
  const operands = {
    x: cells(channels, area),
    dy: cells(channels, area),
    moments: scalars(momentsFloats(channels)),
    totals: scalars(gradientSumsFloats(channels)),
    scale: useScale ? scalars(channels) : undefined,
    weights: cells(1),
    dx: cells(channels, area),
  };
  return kernel('normalizeGradient', operands, (k, { x, dy, moments, totals, scale, weights, dx }) => {
    const row = momentsOf(moments, channels);
    const total = gradientSums(totals, channels);
    const counted = whereCounted(k, weights);
    const n = k.let('n', splat(loadScalar(row.values)));
    k.loop('channel', 0, channels, (c) => {
      const mean = k.let('mean', splat(loadScalar(row.mean(c))));
      const inverse = k.let('inverse', splat(loadScalar(row.inverse(c))));
      const factor = k.let('factor', scaledBy(k, scale, c)(inverse));
      const constant = k.let('constant', divide(splat(loadScalar(total.sum(c))), n));
      const slope = k.let('slope', divide(multiply(splat(loadScalar(total.product(c))), inverse), n));
      k.loop('pixel', 0, area, (pixel) => {
        const value = k.let('x', load(x(c, pixel)));
        const centred = subtract(load(dy(c, pixel)), constant);
        const gradient = multiply(subtract(centred, multiply(subtract(value, mean), slope)), factor);
        k.store(dx(c, pixel), counted(activation.backward(k, gradient, value)));
      });
    });
  });
}

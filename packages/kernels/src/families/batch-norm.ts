// Batch normalization with the statistics of `batch-statistics.ts`, and its gradient.
import type { Index } from '../language/index-expression.ts';
import { cells, type KernelBuilder, kernel, scalars } from '../language/kernel-builder.ts';
import type { Kernel } from '../language/statement.ts';
import {
  add,
  type Buffer,
  divide,
  load,
  loadScalar,
  multiply,
  scalarMultiply,
  splat,
  subtract,
} from '../language/value.ts';
import type { PlanesShape } from '../shapes.ts';
import { type Activation, identity } from './activation.ts';
import { channelMean, gradientSums, momentsOf, whereCounted } from './batch-statistics.ts';

export interface BatchNormOptions {
  /** Of the forward kernel: applied where y is stored; of the gradient: the one that made x. The identity by default. */
  readonly activation?: Activation;
  /** Whether there is a scale, and an argument for it; true by default. */
  readonly useScale?: boolean;
}

/**
 * y = f((x − mean) / deviation · scale + offset), with the statistics and parameters of the channel.
 *
 * Arguments: x cells (channels, area), moments (their variance and n are not read), scale (channels) if used, offset (channels) if used,
 * y cells as x (may be x).
 */
export function normalize(
  { channels, area }: PlanesShape,
  options: BatchNormOptions & { readonly useOffset?: boolean } = {},
): Kernel {
  const { activation = identity, useScale = true, useOffset = true } = options;
  const parameters = {
    x: 'f32[]',
    moments: 'f32[]',
    scale: useScale ? 'f32[]' : undefined,
    offset: useOffset ? 'f32[]' : undefined,
    y: 'f32[]',
  } as const;
  return kernel('normalize', parameters, (k, { x, moments, scale, offset, y }) => {
    const input = cells(x, [channels, area]);
    const output = cells(y, [channels, area]);
    k.loop('channel', 0, channels, (c) => {
      const mean = channelMean(k, moments, channels, c);
      const factor = channelFactor(k, moments, channels, scale, c);
      const shift = offset && k.let('offset', splat(loadScalar(scalars(offset, [channels])(c))));
      k.loop('pixel', 0, area, (pixel) => {
        const normalized = multiply(subtract(load(input(c, pixel)), mean), factor);
        k.store(output(c, pixel), activation.forward(k, shift ? add(normalized, shift) : normalized));
      });
    });
  });
}

/**
 * ∂E/∂x = scale / deviation · (∂E/∂y − Σ ∂E/∂y / n − x̂ · Σ (∂E/∂y · x̂) / n), then through the activation that made x.
 *
 * A sample of weight 0 has gradient 0, whatever it holds: though it does not count, the sums would give it one.
 *
 * Arguments: x cells (channels, area), dy cells as x, moments, totals of `combineSums`, scale (channels) if used, one cell of weights,
 * dx cells as x (may be dy).
 */
export function normalizeGradient({ channels, area }: PlanesShape, options: BatchNormOptions = {}): Kernel {
  const { activation = identity, useScale = true } = options;
  const parameters = {
    x: 'f32[]',
    dy: 'f32[]',
    moments: 'f32[]',
    totals: 'f32[]',
    scale: useScale ? 'f32[]' : undefined,
    weights: 'f32[]',
    dx: 'f32[]',
  } as const;
  return kernel('normalizeGradient', parameters, (k, { x, dy, moments, totals, scale, weights, dx }) => {
    const input = cells(x, [channels, area]);
    const outputGradient = cells(dy, [channels, area]);
    const inputGradient = cells(dx, [channels, area]);
    const { inverse, values } = momentsOf(moments, channels);
    const total = gradientSums(totals, channels);
    const counted = whereCounted(k, weights);
    const n = k.let('n', splat(loadScalar(values)));
    k.loop('channel', 0, channels, (c) => {
      const mean = channelMean(k, moments, channels, c);
      const factor = channelFactor(k, moments, channels, scale, c);
      const constant = k.let('constant', divide(splat(loadScalar(total.sum(c))), n));
      const product = scalarMultiply(loadScalar(total.product(c)), loadScalar(inverse(c)));
      const slope = k.let('slope', divide(splat(product), n));
      k.loop('pixel', 0, area, (pixel) => {
        const value = k.let('x', load(input(c, pixel)));
        const centred = subtract(load(outputGradient(c, pixel)), constant);
        const gradient = multiply(subtract(centred, multiply(subtract(value, mean), slope)), factor);
        k.store(inputGradient(c, pixel), counted(activation.backward(k, gradient, value)));
      });
    });
  });
}

/** scale / deviation */
function channelFactor(k: KernelBuilder, moments: Buffer, channels: number, scale: Buffer | undefined, c: Index) {
  const inverse = loadScalar(momentsOf(moments, channels).inverse(c));
  return k.let('factor', splat(scale ? scalarMultiply(inverse, loadScalar(scalars(scale, [channels])(c))) : inverse));
}

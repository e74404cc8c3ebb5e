// What the pooling layers share: their options, and their output's shape.
import { outputHeight, outputWidth } from '@convoy/kernels';
import type { PoolingOptions, Shape } from '@convoy/tensor';
import { poolingShape, type WindowSettings } from '@convoy/tensor/options';
import type { LayerOptions } from '../layer.ts';

/** Options that maximum and average pooling have in common. */
export type Pool2dOptions = LayerOptions & PoolingOptions;

export function poolOutputShape(settings: WindowSettings, [input]: readonly [Shape]): Shape {
  const shape = poolingShape(settings, input);
  return [shape.channels, outputHeight(shape), outputWidth(shape)];
}

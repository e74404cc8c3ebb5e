// The options of pooling layers, and the shape of their outputs.
import { outputHeight, outputWidth } from '@convoy/kernels';
import type { PoolingOptions, Shape } from '@convoy/tensor';
import { poolingShape, type WindowSettings } from '@convoy/tensor/options';
import type { LayerOptions } from '../layer.ts';

/** The options of both maximum and average pooling. */
export type Pool2dOptions = LayerOptions & PoolingOptions;

export function poolOutputShape(settings: WindowSettings, [input]: readonly [Shape]): Shape {
  const shape = poolingShape(settings, input);
  return [shape.channels, outputHeight(shape), outputWidth(shape)];
}

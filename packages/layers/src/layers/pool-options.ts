// The options of pooling layers, and the shape of their outputs.
import { outputHeight, outputWidth, type Pool2dShape } from '@convoy/kernels';
import type { PoolingOptions, Shape } from '@convoy/tensor';
import type { LayerOptions } from '../layer.ts';

/** The options of both maximum and average pooling. */
export type Pool2dOptions = LayerOptions & PoolingOptions;

/** The shape of the output of a pooling. */
export const poolOutputShape = (shape: Pool2dShape): Shape => [shape.channels, outputHeight(shape), outputWidth(shape)];

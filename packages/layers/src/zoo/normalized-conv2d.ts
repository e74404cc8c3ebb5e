// Convolution and batch normalization, the pair that most of the models are made of.
import { heNormal } from '../initializers/fan-scaled.ts';
import type { Layer } from '../layer.ts';
import { batchNorm2d } from '../layers/batch-norm2d.ts';
import { type Conv2dOptions, conv2d } from '../layers/conv2d.ts';

/** Without the bias, which the normalization would subtract again; first values are drawn for ReLU. */
export const normalizedConv2d = (options: Conv2dOptions, sync: boolean): readonly Layer[] => [
  conv2d({ kernelInitializer: heNormal(), ...options, useBias: false }),
  batchNorm2d({ sync }),
];

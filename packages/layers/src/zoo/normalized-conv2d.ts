// A convolution followed by batch normalization, of which most models of the zoo consist.
import { heNormal } from '../initializers/fan-scaled.ts';
import type { Layer } from '../layer.ts';
import { batchNorm2d } from '../layers/batch-norm2d.ts';
import { type Conv2dOptions, conv2d } from '../layers/conv2d.ts';

/** The convolution has no bias, because the normalization would subtract it. Its kernel starts from `heNormal`, for ReLU. */
export const normalizedConv2d = (options: Conv2dOptions, sync: boolean): readonly Layer[] => [
  conv2d({ kernelInitializer: heNormal(), ...options, useBias: false }),
  batchNorm2d({ sync }),
];

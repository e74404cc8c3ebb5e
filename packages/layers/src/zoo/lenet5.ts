// LeNet-5 for small images.

import { checkOptions } from '@convoy/tensor/checks';
import type { Model } from '../graph/model.ts';
import { sequential } from '../graph/sequential.ts';
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { flatten } from '../layers/flatten.ts';
import { maxPool2d } from '../layers/max-pool2d.ts';
import { relu } from '../layers/relu.ts';
import { type ImageModelOptions, imageModelChecks } from './image-model-options.ts';

/**
 * LeNet-5 with modern layers (ReLU, maximum pooling, convolutions over all channels): 61 706 parameters for the default input [1, 28, 28] and 10
 * classes.
 * Y. LeCun and others, "Gradient-based learning applied to document recognition", 1998.
 *
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH for images smaller than 12×12, and as `sequential`
 */
export const lenet5 = (options?: ImageModelOptions): Model => {
  const { input, classes } = checkOptions('lenet5', options, imageModelChecks([1, 28, 28], 10));
  return sequential({ input }, [
    conv2d({ filters: 6, kernelSize: 5, padding: 2 }),
    relu(),
    maxPool2d({ size: 2 }),
    conv2d({ filters: 16, kernelSize: 5 }),
    relu(),
    maxPool2d({ size: 2 }),
    flatten(),
    dense({ units: 120 }),
    relu(),
    dense({ units: 84 }),
    relu(),
    dense({ units: classes }),
  ]);
};

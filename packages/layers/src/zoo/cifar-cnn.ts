// A plain convolutional network for small color images.

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
 * Two pairs of 3×3 convolutions with 32 and 64 channels, each pair followed by pooling, then a layer of 128 units: 591 274 parameters for the default
 * input [3, 32, 32] and 10 classes. It is a smaller version, without dropout, of the network in A. Krizhevsky, "Learning Multiple Layers of Features
 * from Tiny Images", 2009.
 *
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH for images smaller than 4×4, and as `sequential`
 */
export const cifarCnn = (options?: ImageModelOptions): Model => {
  const { input, classes } = checkOptions('cifarCnn', options, imageModelChecks([3, 32, 32], 10));
  return sequential({ input }, [
    ...[32, 64].flatMap((filters) => [
      conv2d({ filters, kernelSize: 3, padding: 1 }),
      relu(),
      conv2d({ filters, kernelSize: 3, padding: 1 }),
      relu(),
      maxPool2d({ size: 2 }),
    ]),
    flatten(),
    dense({ units: 128 }),
    relu(),
    dense({ units: classes }),
  ]);
};

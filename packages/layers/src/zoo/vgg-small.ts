// A small version of VGG.

import { checkOptions } from '@convoy/tensor/checks';
import type { Model } from '../graph/model.ts';
import { sequential } from '../graph/sequential.ts';
import { heNormal } from '../initializers/fan-scaled.ts';
import { batchNorm1d } from '../layers/batch-norm1d.ts';
import { dense } from '../layers/dense.ts';
import { dropout } from '../layers/dropout.ts';
import { flatten } from '../layers/flatten.ts';
import { maxPool2d } from '../layers/max-pool2d.ts';
import { relu } from '../layers/relu.ts';
import { type NormalizedModelOptions, normalizedModelChecks } from './image-model-options.ts';
import { normalizedConv2d } from './normalized-conv2d.ts';

/**
 * The first three stages of VGG's configuration B with half of its channels: pairs of 3×3 convolutions with 32, 64 and 128 channels, each pair followed
 * by pooling, then a layer of 128 units. Unlike in the paper, batch normalization follows each of these layers, and dropout follows each stage.
 * 551 146 parameters for the default input [3, 32, 32] and 10 classes.
 * K. Simonyan, A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2015.
 *
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH for images smaller than 8×8, and as `sequential`
 */
export const vggSmall = (options?: NormalizedModelOptions): Model => {
  const { input, classes, sync } = checkOptions('vggSmall', options, normalizedModelChecks([3, 32, 32], 10));
  return sequential({ input }, [
    ...STAGES.flatMap(({ filters, rate }) => [
      ...normalizedConv2d({ filters, kernelSize: 3, padding: 1 }, sync),
      relu(),
      ...normalizedConv2d({ filters, kernelSize: 3, padding: 1 }, sync),
      relu(),
      maxPool2d({ size: 2 }),
      dropout({ rate }),
    ]),
    flatten(),
    dense({ units: 128, useBias: false, kernelInitializer: heNormal() }),
    batchNorm1d({ sync }),
    relu(),
    dropout({ rate: 0.5 }),
    dense({ units: classes }),
  ]);
};

const STAGES = [
  { filters: 32, rate: 0.2 },
  { filters: 64, rate: 0.3 },
  { filters: 128, rate: 0.4 },
];

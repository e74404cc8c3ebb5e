// The residual network of 32 layers for small images.
import type { Model } from '../graph/model.ts';
import type { NormalizedModelOptions } from './image-model-options.ts';
import { residualNetwork } from './residual-network.ts';

/**
 * ResNet-32 for CIFAR-10, as in its paper, with shortcuts without parameters: 464 154 parameters ("0.46 M") for the default input [3, 32, 32] and 10
 * classes. Kernels start from `heNormal`. It takes images of any size.
 * K. He and others, "Deep Residual Learning for Image Recognition", 2016, section 4.2 and table 6.
 *
 * @throws ConvoyError as `graph`
 */
export const resnet32 = (options?: NormalizedModelOptions): Model => residualNetwork('resnet32', 5, options);

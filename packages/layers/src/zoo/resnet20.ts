// The residual network of 20 layers for small images.
import type { Model } from '../graph/model.ts';
import type { NormalizedModelOptions } from './image-model-options.ts';
import { residualNetwork } from './residual-network.ts';

/**
 * ResNet-20 for CIFAR-10, as in its paper, with shortcuts without parameters: 269 722 parameters ("0.27 M") for the default input [3, 32, 32] and 10
 * classes. Kernels start from `heNormal`. It takes images of any size.
 * K. He and others, "Deep Residual Learning for Image Recognition", 2016, section 4.2 and table 6.
 *
 * @throws ConvoyError as `graph`
 */
export const resnet20 = (options?: NormalizedModelOptions): Model => residualNetwork('resnet20', 3, options);

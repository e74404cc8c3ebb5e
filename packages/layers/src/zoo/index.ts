// The models that come with Convoy, as `@convoy/layers/zoo`.
export { cifarCnn } from './cifar-cnn.ts';
export type { ImageModelOptions, NormalizedModelOptions } from './image-model-options.ts';
export { lenet5 } from './lenet5.ts';
export { type MobileNetOptions, mobileNetSmall } from './mobile-net-small.ts';
export { resnet20 } from './resnet20.ts';
export { resnet32 } from './resnet32.ts';
export { resnet56 } from './resnet56.ts';
export { type UNetOptions, uNetSmall } from './u-net-small.ts';
export { vggSmall } from './vgg-small.ts';

// The models that come along, as `@convoy/layers/models`.
export { cifarCnn } from './models/cifar-cnn.ts';
export type { ImageModelOptions, NormalizedModelOptions } from './models/image-model-options.ts';
export { lenet5 } from './models/lenet5.ts';
export { type MobileNetOptions, mobileNetSmall } from './models/mobile-net-small.ts';
export { resnet20 } from './models/resnet20.ts';
export { resnet32 } from './models/resnet32.ts';
export { resnet56 } from './models/resnet56.ts';
export { type UNetOptions, uNetSmall } from './models/u-net-small.ts';
export { vggSmall } from './models/vgg-small.ts';

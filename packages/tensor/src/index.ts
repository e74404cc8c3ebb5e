// Tensors, shapes, seeded random numbers and errors: what every other package of Convoy builds on.

export { finiteNumber, type NumberRange, nonNegativeInteger, oneOf, positiveInteger } from './errors/checks.ts';
export { describeValue } from './errors/describe-value.ts';
export {
  ConvoyError,
  type ConvoyErrorCode,
  type ConvoyErrorData,
  type ErrorData,
  type ErrorDetails,
  errorCatalogue,
} from './errors/errors.ts';
export { fileError } from './errors/file-error.ts';
export {
  elu,
  eluGradient,
  hardSigmoid,
  hardSigmoidGradient,
  relu,
  relu6,
  relu6Gradient,
  reluGradient,
  selu,
  seluGradient,
  sigmoid,
  sigmoidGradient,
  softplus,
  softplusGradient,
  tanh,
  tanhGradient,
} from './ops/activations.ts';
export { conv2d, conv2dBiasGradient, conv2dInputGradient, conv2dWeightGradient } from './ops/conv2d.ts';
export {
  conv2dTranspose,
  conv2dTransposeInputGradient,
  conv2dTransposeWeightGradient,
} from './ops/conv2d-transpose.ts';
export { dense, denseBiasGradient, denseInputGradient, denseWeightGradient } from './ops/dense.ts';
export {
  gelu,
  geluGradient,
  hardSwish,
  hardSwishGradient,
  leakyRelu,
  leakyReluGradient,
  silu,
  siluGradient,
} from './ops/input-activations.ts';
export type { LossResult } from './ops/loss-result.ts';
export { matmul, matmulLeftGradient, matmulRightGradient } from './ops/matmul.ts';
export { type MeanSquaredErrorOptions, meanSquaredError } from './ops/mean-squared-error.ts';
export { avgPool2d, avgPool2dInputGradient, maxPool2d, maxPool2dInputGradient } from './ops/pool2d.ts';
export { prelu, preluInputGradient, preluSlopeGradient } from './ops/prelu.ts';
export { softmax, softmaxGradient } from './ops/softmax.ts';
export { softmaxCrossEntropy } from './ops/softmax-cross-entropy.ts';
export {
  type EluOptions,
  eluSettings,
  type GeluOptions,
  geluSettings,
  type LeakyReluOptions,
  leakyReluSettings,
  type SoftplusOptions,
  softplusSettings,
} from './options/activations.ts';
export {
  type ConvolutionOptions,
  type ConvolutionSettings,
  convolutionSettings,
  convolutionShape,
} from './options/convolution.ts';
export {
  type AveragePoolingOptions,
  type AveragePoolingSettings,
  averagePoolingSettings,
  averagePoolingShape,
  type MaximumPoolingOptions,
  type PoolingOptions,
  poolingSettings,
  poolingShape,
} from './options/pooling.ts';
export {
  type TransposedConvolutionOptions,
  type TransposedConvolutionSettings,
  transposedConvolutionSettings,
  transposedConvolutionShape,
} from './options/transposed-convolution.ts';
export {
  checkedSides,
  type Padding,
  type Pair,
  planes,
  positivePair,
  type Sides,
  type WindowSettings,
} from './options/window.ts';
export { Permutation } from './random/permutation.ts';
export { hashPurpose, RandomStream } from './random/random.ts';
export { assertShape, formatShape, isShape, type Shape, sameShape, sizeOf, stridesOf } from './shape.ts';
export { full, type NestedNumbers, Tensor, tensor, zeros } from './tensor.ts';

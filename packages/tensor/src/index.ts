// Tensors, eager ops, shapes, seeded random numbers and errors. What only other Convoy packages need is in the named
// subpaths: errors, options, random, shape, memory, lru-cache and table.

export { finiteNumber, type NumberRange, nonNegativeInteger, oneOf, positiveInteger } from './checks/checks.ts';
export {
  ConvoyError,
  type ConvoyErrorCode,
  type ConvoyErrorData,
  type ErrorData,
  type ErrorDetails,
  errorCatalogue,
} from './errors/errors.ts';
export type { NestedNumbers } from './nested-numbers.ts';
export {
  hardSigmoid,
  hardSigmoidGradient,
  relu,
  relu6,
  relu6Gradient,
  reluGradient,
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
  elu,
  eluGradient,
  gelu,
  geluGradient,
  hardSwish,
  hardSwishGradient,
  leakyRelu,
  leakyReluGradient,
  selu,
  seluGradient,
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
export type { EluOptions, GeluOptions, LeakyReluOptions, SoftplusOptions } from './options/activations.ts';
export type { ConvolutionOptions } from './options/convolution.ts';
export type { AveragePoolingOptions, MaximumPoolingOptions, PoolingOptions } from './options/pooling.ts';
export type { TransposedConvolutionOptions } from './options/transposed-convolution.ts';
export type { Padding, Pair, Sides } from './options/window.ts';
export { Permutation } from './random/permutation.ts';
export { RandomStream } from './random/random.ts';
export { assertShape, formatShape, isShape, type Shape, sameShape, sizeOf, stridesOf } from './shape.ts';
export { full, isTensor, Tensor, tensor, zeros } from './tensor.ts';

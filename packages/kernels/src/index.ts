// Kernels as plain trees, their WebAssembly encoder, and the families of kernels for convolutional networks. The
// float64 references of the families are in `@convoy/kernels/reference`.
export {
  type EncodedModule,
  encodeModule,
  MAXIMUM_PAGES,
  ModuleEncoder,
  type ModuleOptions,
  unrollByDefault,
} from './backends/wasm/module.ts';
export {
  type Activation,
  type ForwardOptions,
  hardSigmoid,
  identity,
  leakyRelu,
  relu,
  relu6,
  sigmoid,
  softplus,
  tanh,
} from './families/activations/activation.ts';
export {
  type DerivativeActivation,
  elu,
  gelu,
  geluTanh,
  hardSwish,
  type InputActivation,
  selu,
  silu,
} from './families/activations/input-activation.ts';
export {
  pointwise,
  pointwiseGradient,
  pointwiseInputGradient,
  pointwiseProduct,
  pointwiseWithDerivative,
} from './families/activations/pointwise.ts';
export { prelu, preluInputGradient, preluSlopeGradient } from './families/activations/prelu.ts';
export { softmax, softmaxInputGradient } from './families/activations/softmax.ts';
export { type GatherShape, gather } from './families/blocks/gather.ts';
export { scatter } from './families/blocks/scatter.ts';
export {
  type ConvolutionAlgorithm,
  type ConvolutionFamily,
  type ConvolutionKernels,
  convolutionKernels,
  convolutionKernelsByAlgorithm,
} from './families/convolution/algorithms.ts';
export { channelSums } from './families/convolution/channel-sums.ts';
export {
  CONV2D_SCRATCH_FLOATS,
  conv2d,
  conv2dInputGradient,
  conv2dWeightGradient,
} from './families/convolution/conv2d.ts';
export { conv2dTranspose, conv2dTransposeInputGradient } from './families/convolution/conv2d-transpose.ts';
export { hasWinograd } from './families/convolution/winograd/choice.ts';
export { dense, denseInputGradient, denseScratchFloats, denseWeightGradient } from './families/dense/dense.ts';
export { dropout } from './families/dropout/dropout.ts';
export { huber } from './families/losses/huber.ts';
export { absoluteError, meanAbsoluteError } from './families/losses/mean-absolute-error.ts';
export { meanSquaredError } from './families/losses/mean-squared-error.ts';
export { sigmoidBinaryCrossEntropy } from './families/losses/sigmoid-binary-cross-entropy.ts';
export { softmaxCrossEntropy } from './families/losses/softmax-cross-entropy.ts';
export {
  exponential,
  exponentialMinusOne,
  hyperbolicTangent,
  logarithm,
  logarithmOfOnePlus,
  logistic,
  normalDistribution,
} from './families/math/elementary.ts';
export { concat, concatGradient } from './families/merge/concat.ts';
export { product, productGradient } from './families/merge/product.ts';
export { sum, sumGradients } from './families/merge/sum.ts';
export { accuracy } from './families/metrics/accuracy.ts';
export { binaryAccuracy } from './families/metrics/binary-accuracy.ts';
export { topKAccuracy } from './families/metrics/top-k-accuracy.ts';
export { normalize, normalizeGradient } from './families/normalization/batch-norm.ts';
export {
  BATCH_STATISTICS_SCRATCH_FLOATS,
  blockGradientSums,
  blockMoments,
  combineMoments,
  combineSums,
  gradientSumsFloats,
  momentsFloats,
  partialMomentsFloats,
} from './families/normalization/batch-statistics.ts';
export {
  groupNorm,
  groupNormInputGradient,
  groupNormSavedFloats,
  groupNormScaleGradient,
} from './families/normalization/group-norm.ts';
export {
  normOverChannels,
  normOverChannelsInputGradient,
  normOverChannelsSavedFloats,
  normOverChannelsScaleGradient,
} from './families/normalization/norm-over-channels.ts';
export type { NormalizationOptions } from './families/normalization/normalization.ts';
export {
  normalizeByConstantsGradient,
  runningMoments,
  sharedMoments,
  takeGradientSums,
} from './families/normalization/running-statistics.ts';
export { adaptiveAvgPool2d, adaptiveAvgPool2dInputGradient } from './families/pooling/adaptive-avg-pool2d.ts';
export { avgPool2d, avgPool2dInputGradient } from './families/pooling/avg-pool2d.ts';
export {
  hasOverlappingWindows,
  maxPool2d,
  maxPool2dInputGradient,
  maxPool2dWithIndices,
} from './families/pooling/max-pool2d.ts';
export {
  crop2d,
  crop2dInputGradient,
  zeroPad2d,
  zeroPad2dInputGradient,
} from './families/resampling/frame2d.ts';
export { upsampleBilinear2d, upsampleBilinear2dInputGradient } from './families/resampling/upsample-bilinear2d.ts';
export { upsampleNearest2d, upsampleNearest2dInputGradient } from './families/resampling/upsample-nearest2d.ts';
export { adamRule } from './families/update/adam.ts';
export { averaged } from './families/update/averaged.ts';
export {
  chunkCount,
  clippedByValue,
  type ReductionShape,
  reduceGradients,
  scaled,
} from './families/update/gradient-clipping.ts';
export { frozen, movingAverage, tuned } from './families/update/parameter-treatment.ts';
export { reduceShards } from './families/update/reduce-shards.ts';
export { rmspropRule } from './families/update/rmsprop.ts';
export { sgd, sgdRule } from './families/update/sgd.ts';
export { UPDATE_UNIT, type UpdateShape } from './families/update/shard-sums.ts';
export { type SlotStart, type UpdateRule, updateKernel } from './families/update/update.ts';
export { writtenBuffers } from './language/effects.ts';
export {
  absolute,
  add,
  and,
  convert,
  divide,
  equalTo,
  exponent,
  lane,
  lessOrEqual,
  lessThan,
  load,
  loadScalar,
  mantissa,
  max,
  min,
  multiply,
  nearest,
  not,
  or,
  powerOfTwo,
  scalar,
  scalarAdd,
  scalarMultiply,
  select,
  splat,
  squareRoot,
  subtract,
  sumLanes,
} from './language/floats.ts';
export {
  both,
  type Condition,
  ceilDivide,
  equal,
  Index,
  type IndexLike,
  type IndexValue,
  type IndexValueLike,
  type IndexVariable,
  less,
  maximum,
  minimum,
} from './language/index-expression.ts';
export {
  addIntegers,
  fraction,
  loadIntegers,
  multiplyIntegers,
  shiftRight,
  splatInteger,
  xor,
} from './language/integers.ts';
export type { Kernel, OperandsOf, Parameter } from './language/kernel.ts';
export { type KernelBuilder, kernel, type VectorCell } from './language/kernel-builder.ts';
export {
  type Accessor,
  type BufferKind,
  cells,
  cellsIn,
  cellsOf,
  type Handles,
  type OperandKind,
  type Operands,
  repeated,
  scalars,
  scalarsIn,
  scalarsOf,
} from './language/operands.ts';
export type { Statement } from './language/statement.ts';
export {
  type Access,
  type BufferOperand,
  type IntegerVector,
  type IntegerVectorLike,
  LANES,
  type Mask,
  type Scalar,
  type ScalarLike,
  type Value,
  type Vector,
  type VectorLike,
} from './language/value.ts';
export {
  type AdaptivePool2dShape,
  type AvgPool2dShape,
  type BinaryAccuracyShape,
  type BinaryCrossEntropyShape,
  type ClassificationShape,
  type Conv2dShape,
  type CrossEntropyShape,
  type DenseShape,
  type DropoutShape,
  type ElementsShape,
  type Frame2dShape,
  type GroupNormShape,
  type HuberShape,
  type MeanSquaredErrorReduction,
  type MeanSquaredErrorShape,
  type NormShape,
  outputHeight,
  outputWidth,
  type PlanesShape,
  type Pool2dShape,
  type ProductShape,
  type SlidingWindow,
  type TopKShape,
  type UpsampleBilinear2dShape,
  type UpsampleNearest2dShape,
} from './shapes.ts';

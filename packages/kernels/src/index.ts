// Kernels as plain trees, their WebAssembly encoder, and the families that convolutional networks need.
import * as reference from './reference/index.ts';

export { accuracy } from './families/accuracy.ts';
export {
  type Activation,
  elu,
  type ForwardOptions,
  hardSigmoid,
  identity,
  leakyRelu,
  relu,
  relu6,
  selu,
  sigmoid,
  softplus,
  tanh,
} from './families/activation.ts';
export { adamRule } from './families/adam.ts';
export { adaptiveAvgPool2d, adaptiveAvgPool2dInputGradient } from './families/adaptive-avg-pool2d.ts';
export { averaged } from './families/averaged.ts';
export { avgPool2d, avgPool2dInputGradient } from './families/avg-pool2d.ts';
export { normalize, normalizeGradient } from './families/batch-norm.ts';
export {
  BATCH_STATISTICS_SCRATCH_FLOATS,
  blockGradientSums,
  blockMoments,
  combineMoments,
  combineSums,
  gradientSumsFloats,
  momentsFloats,
  partialMomentsFloats,
} from './families/batch-statistics.ts';
export { channelSums } from './families/bias.ts';
export { binaryAccuracy } from './families/binary-accuracy.ts';
export { concat, concatGradient } from './families/concat.ts';
export { CONV2D_SCRATCH_FLOATS, conv2d, conv2dInputGradient, conv2dKernelGradient } from './families/conv2d.ts';
export {
  conv2dDepthwise,
  conv2dDepthwiseInputGradient,
  conv2dDepthwiseKernelGradient,
  DEPTHWISE_SCRATCH_FLOATS,
  isDepthwise,
} from './families/conv2d-depthwise.ts';
export {
  conv2dPointwise,
  conv2dPointwiseInputGradient,
  isPointwise,
  pointwiseScratchFloats,
} from './families/conv2d-pointwise.ts';
export { conv2dTranspose, conv2dTransposeInputGradient } from './families/conv2d-transpose.ts';
export {
  type ConvolutionAlgorithm,
  type ConvolutionForm,
  type ConvolutionForms,
  convolutionForms,
  possibleConvolutionForms,
} from './families/convolution-forms.ts';
export { dense, denseInputGradient, denseScratchFloats, denseWeightGradient } from './families/dense.ts';
export { dropout } from './families/dropout.ts';
export {
  exponential,
  exponentialMinusOne,
  hyperbolicTangent,
  logarithm,
  logarithmOfOnePlus,
  logistic,
  normalDistribution,
} from './families/elementary.ts';
export { cropping2d, cropping2dInputGradient, zeroPad2d, zeroPad2dInputGradient } from './families/frame2d.ts';
export { type GatherShape, gather } from './families/gather.ts';
export {
  chunkCount,
  clippedByValue,
  type ReductionShape,
  reduceGradients,
  scaled,
} from './families/gradient-clipping.ts';
export {
  groupNorm,
  groupNormInputGradient,
  groupNormSavedFloats,
  groupNormScaleGradient,
} from './families/group-norm.ts';
export { huber } from './families/huber.ts';
export { gelu, geluTanh, hardSwish, type InputActivation, silu } from './families/input-activation.ts';
export {
  hasOverlappingWindows,
  maxPool2d,
  maxPool2dInputGradient,
  maxPool2dWithWinners,
} from './families/max-pool2d.ts';
export { absoluteError, meanAbsoluteError } from './families/mean-absolute-error.ts';
export { meanSquaredError } from './families/mean-squared-error.ts';
export {
  normOverChannels,
  normOverChannelsInputGradient,
  normOverChannelsSavedFloats,
  normOverChannelsScaleGradient,
} from './families/norm-over-channels.ts';
export type { NormalizationOptions } from './families/normalization.ts';
export { frozen, movingAverage, tuned } from './families/parameter-treatment.ts';
export { pointwise, pointwiseGradient, pointwiseInputGradient } from './families/pointwise.ts';
export { prelu, preluInputGradient, preluSlopeGradient } from './families/prelu.ts';
export { product, productGradient } from './families/product.ts';
export { rmspropRule } from './families/rmsprop.ts';
export {
  normalizeByConstantsGradient,
  runningMoments,
  sharedMoments,
  takeGradientSums,
} from './families/running-statistics.ts';
export { scatter } from './families/scatter.ts';
export { sgd, sgdRule } from './families/sgd.ts';
export { UPDATE_UNIT, type UpdateShape } from './families/shard-sums.ts';
export { sigmoidBinaryCrossEntropy } from './families/sigmoid-binary-cross-entropy.ts';
export { softmax, softmaxInputGradient } from './families/softmax.ts';
export { softmaxCrossEntropy } from './families/softmax-cross-entropy.ts';
export { sum, sumGradients } from './families/sum.ts';
export { topKAccuracy } from './families/top-k-accuracy.ts';
export { type SlotStart, type UpdateRule, updateKernel } from './families/update.ts';
export { upsampleBilinear2d, upsampleBilinear2dInputGradient } from './families/upsample-bilinear2d.ts';
export { upsampleNearest2d, upsampleNearest2dInputGradient } from './families/upsample-nearest2d.ts';
export { hasWinograd } from './families/winograd/choice.ts';
export {
  conv2dWinograd,
  winogradScratchFloats,
} from './families/winograd/forward.ts';
export { conv2dWinogradInputGradient, winogradGradientScratchFloats } from './families/winograd/input-gradient.ts';
export {
  conv2dWinogradKernelGradient,
  winogradKernelGradientScratchFloats,
} from './families/winograd/kernel-gradient.ts';
export { writtenBuffers } from './language/effects.ts';
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
  type IntegerVector,
  type IntegerVectorLike,
  loadIntegers,
  multiplyIntegers,
  shiftRight,
  splatInteger,
  xor,
} from './language/integers.ts';
export {
  cells,
  type KernelBuilder,
  kernel,
  type ParameterKind,
  scalars,
  type VectorCell,
} from './language/kernel-builder.ts';
export type { Kernel, Parameter, Statement } from './language/statement.ts';
export {
  type Access,
  absolute,
  add,
  and,
  type Buffer,
  convert,
  divide,
  equalTo,
  exponent,
  LANES,
  lane,
  lessOrEqual,
  lessThan,
  load,
  loadScalar,
  type Mask,
  mantissa,
  max,
  min,
  multiply,
  nearest,
  not,
  or,
  powerOfTwo,
  type Scalar,
  type ScalarLike,
  scalar,
  scalarAdd,
  scalarMultiply,
  select,
  splat,
  squareRoot,
  subtract,
  sumLanes,
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
  type MeanSquaredErrorForm,
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
export {
  type EncodedModule,
  encodeModule,
  MAXIMUM_PAGES,
  ModuleEncoder,
  type ModuleOptions,
  unrollByDefault,
} from './wasm/module.ts';
export { reference };

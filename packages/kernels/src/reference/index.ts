// The float64 twins of all kernel families, and the checker of their gradients; the package exports it as `reference`.
export { accuracy, argmax } from './accuracy.ts';
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
} from './activations.ts';
export { type AdamSettings, type AdamState, adam } from './adam.ts';
export { adaptiveAvgPool2d, adaptiveAvgPool2dInputGradient } from './adaptive-avg-pool2d.ts';
export { movingAverage } from './averaged.ts';
export { avgPool2d, avgPool2dInputGradient } from './avg-pool2d.ts';
export {
  blockGradientSums,
  blockMoments,
  combineMoments,
  combineSums,
  normalize,
  normalizeGradient,
} from './batch-norm.ts';
export { conv2d, conv2dBiasGradient, conv2dInputGradient, conv2dKernelGradient } from './conv2d.ts';
export {
  conv2dTranspose,
  conv2dTransposeBiasGradient,
  conv2dTransposeInputGradient,
  conv2dTransposeKernelGradient,
} from './conv2d-transpose.ts';
export { dense, denseBiasGradient, denseInputGradient, denseWeightGradient } from './dense.ts';
export { dropout, dropoutMask } from './dropout.ts';
export {
  alongDirection,
  type FiniteDifferenceOptions,
  type GradientMismatch,
  gradientMismatch,
  numericalGradient,
} from './finite-differences.ts';
export { cropping2d, zeroPad2d } from './frame2d.ts';
export { chunkSquares, clipByValue, globalNormScale } from './gradient-clipping.ts';
export { huber, huberGradient } from './huber.ts';
export {
  gelu,
  geluGradient,
  geluTanh,
  geluTanhGradient,
  hardSwish,
  hardSwishGradient,
  leakyRelu,
  leakyReluGradient,
  silu,
  siluGradient,
} from './input-activations.ts';
export { concat, concatGradients, product, productGradients, sum } from './joins.ts';
export { maxPool2d, maxPool2dInputGradient, maxPool2dWinners } from './max-pool2d.ts';
export { meanAbsoluteError, meanAbsoluteErrorGradient } from './mean-absolute-error.ts';
export { meanSquaredError, meanSquaredErrorGradient } from './mean-squared-error.ts';
export { normalDensity, normalProbability } from './normal-distribution.ts';
export { channelSums } from './planes.ts';
export { prelu, preluInputGradient, preluSlopeGradient } from './prelu.ts';
export { type RmspropSettings, type RmspropState, rmsprop } from './rmsprop.ts';
export {
  groupNorm,
  groupNormInputGradient,
  groupNormScaleGradient,
  normOverChannels,
  normOverChannelsInputGradient,
  normOverChannelsScaleGradient,
} from './sample-norm.ts';
export { type SgdSettings, type SgdState, sgd } from './sgd.ts';
export { sumShards } from './shard-sums.ts';
export { sigmoidBinaryCrossEntropy, sigmoidBinaryCrossEntropyGradient } from './sigmoid-binary-cross-entropy.ts';
export { softmax, softmaxInputGradient } from './softmax.ts';
export { softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmax-cross-entropy.ts';
export { topClasses, topKAccuracy } from './top-k-accuracy.ts';
export {
  upsampleBilinear2d,
  upsampleBilinear2dInputGradient,
  upsampleNearest2d,
  upsampleNearest2dInputGradient,
} from './upsample2d.ts';

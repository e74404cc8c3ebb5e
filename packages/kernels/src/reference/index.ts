// The float64 references of the kernel families, and a comparison of gradients with central differences.

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
} from './activations/activation.ts';
export {
  elu,
  eluGradient,
  gelu,
  geluGradient,
  geluTanh,
  geluTanhGradient,
  hardSwish,
  hardSwishGradient,
  leakyRelu,
  leakyReluGradient,
  selu,
  seluGradient,
  silu,
  siluGradient,
} from './activations/input-activation.ts';
export { prelu, preluInputGradient, preluSlopeGradient } from './activations/prelu.ts';
export { softmax, softmaxInputGradient } from './activations/softmax.ts';
export { gather } from './blocks/gather.ts';
export { channelSums } from './convolution/channel-sums.ts';
export { conv2d, conv2dBiasGradient, conv2dInputGradient, conv2dWeightGradient } from './convolution/conv2d.ts';
export {
  conv2dTranspose,
  conv2dTransposeBiasGradient,
  conv2dTransposeInputGradient,
  conv2dTransposeWeightGradient,
} from './convolution/conv2d-transpose.ts';
export { dense, denseBiasGradient, denseInputGradient, denseWeightGradient } from './dense/dense.ts';
export { dropout, dropoutMask } from './dropout/dropout.ts';
export {
  alongDirection,
  type FiniteDifferenceOptions,
  type GradientMismatch,
  gradientMismatch,
  numericalGradient,
} from './finite-differences.ts';
export { huber, huberGradient } from './losses/huber.ts';
export { absoluteError, meanAbsoluteError, meanAbsoluteErrorGradient } from './losses/mean-absolute-error.ts';
export { meanSquaredError, meanSquaredErrorGradient } from './losses/mean-squared-error.ts';
export { sigmoidBinaryCrossEntropy, sigmoidBinaryCrossEntropyGradient } from './losses/sigmoid-binary-cross-entropy.ts';
export { softmaxCrossEntropy, softmaxCrossEntropyGradient } from './losses/softmax-cross-entropy.ts';
export { normalDensity, normalProbability } from './math/normal-distribution.ts';
export { concat, concatGradients } from './merge/concat.ts';
export { product, productGradients } from './merge/product.ts';
export { sum } from './merge/sum.ts';
export { accuracy, argmax } from './metrics/accuracy.ts';
export { binaryAccuracy } from './metrics/binary-accuracy.ts';
export { topClasses, topKAccuracy } from './metrics/top-k-accuracy.ts';
export { normalize, normalizeGradient } from './normalization/batch-norm.ts';
export { blockGradientSums, blockMoments, combineMoments, combineSums } from './normalization/batch-statistics.ts';
export { groupNorm, groupNormInputGradient, groupNormScaleGradient } from './normalization/group-norm.ts';
export {
  normOverChannels,
  normOverChannelsInputGradient,
  normOverChannelsScaleGradient,
} from './normalization/norm-over-channels.ts';
export {
  normalizeByConstantsGradient,
  runningMoments,
  sharedMoments,
} from './normalization/running-statistics.ts';
export { adaptiveAvgPool2d, adaptiveAvgPool2dInputGradient } from './pooling/adaptive-avg-pool2d.ts';
export { avgPool2d, avgPool2dInputGradient } from './pooling/avg-pool2d.ts';
export { maxPool2d, maxPool2dIndices, maxPool2dInputGradient } from './pooling/max-pool2d.ts';
export { crop2d, zeroPad2d } from './resampling/frame2d.ts';
export { upsampleBilinear2d, upsampleBilinear2dInputGradient } from './resampling/upsample-bilinear2d.ts';
export { upsampleNearest2d, upsampleNearest2dInputGradient } from './resampling/upsample-nearest2d.ts';
export { type AdamSettings, type AdamState, adam } from './update/adam.ts';
export { movingAverage } from './update/averaged.ts';
export { chunkSquares, clipByValue, globalNormScale } from './update/gradient-clipping.ts';
export { type RmspropSettings, type RmspropState, rmsprop } from './update/rmsprop.ts';
export { type SgdSettings, type SgdState, sgd } from './update/sgd.ts';
export { sumShards } from './update/shard-sums.ts';

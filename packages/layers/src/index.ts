// Layers, models, losses, optimizers and metrics, and the plan that a model compiles into.

export type { ConvolutionAlgorithm } from '@convoy/kernels';
export type { Padding, Pair } from '@convoy/tensor';
export type { Targets } from './batch-checks.ts';
export { type ModelCosts, modelCosts } from './graph/costs.ts';
export { type GraphNode, graph, shared } from './graph/graph.ts';
export { MODEL_INPUT, type Model, type ModelLayer, type ModelOptions } from './graph/model.ts';
export { parametersOf } from './graph/parameters.ts';
export { sequential } from './graph/sequential.ts';
export {
  defineInitializer,
  type InitializedParameter,
  type Initializer,
  type InitializerDefinition,
  type RandomStreams,
} from './initializer.ts';
export { constantInitializer, zerosInitializer } from './initializers/constant.ts';
export { glorotNormal, glorotUniform, heNormal, heUniform } from './initializers/fan-scaled.ts';
export { type NormalInitializerOptions, normalInitializer, truncatedNormalInitializer } from './initializers/normal.ts';
export { type OrthogonalInitializerOptions, orthogonalInitializer } from './initializers/orthogonal.ts';
export { type UniformInitializerOptions, uniformInitializer } from './initializers/uniform.ts';
export {
  type Arrays,
  defineLayer,
  defineMergeLayer,
  type InputShapes,
  type Layer,
  type LayerDefinition,
  type LayerOptions,
  type ParameterSpec,
  type ReferenceLayer,
  type Treatment,
} from './layer.ts';
export {
  accumulatingCall,
  type BufferLocation,
  type Call,
  type CallOperands,
  type CompiledLayer,
  call,
  type Exchange,
  type IndexLocation,
  type LayerContext,
  type LayerContextInput,
  type Location,
  numberedOperands,
  partialStride,
  type Work,
} from './layer-context.ts';
export { type AdaptiveAvgPool2dOptions, adaptiveAvgPool2d } from './layers/adaptive-avg-pool2d.ts';
export { add } from './layers/add.ts';
export { type AvgPool2dOptions, avgPool2d } from './layers/avg-pool2d.ts';
export type { BatchNormOptions } from './layers/batch-norm.ts';
export { batchNorm1d } from './layers/batch-norm1d.ts';
export { batchNorm2d } from './layers/batch-norm2d.ts';
export { concat } from './layers/concat.ts';
export { type Conv2dOptions, conv2d } from './layers/conv2d.ts';
export { type Conv2dTransposeOptions, conv2dTranspose } from './layers/conv2d-transpose.ts';
export { type Crop2dOptions, crop2d } from './layers/crop2d.ts';
export { type DenseOptions, dense } from './layers/dense.ts';
export { type DropoutOptions, dropout } from './layers/dropout.ts';
export { type EluOptions, elu } from './layers/elu.ts';
export { flatten } from './layers/flatten.ts';
export { type GeluOptions, gelu } from './layers/gelu.ts';
export { globalAvgPool2d } from './layers/global-avg-pool2d.ts';
export { globalMaxPool2d } from './layers/global-max-pool2d.ts';
export type { GlobalPool2dOptions } from './layers/global-pool-options.ts';
export { type GroupNormOptions, groupNorm } from './layers/group-norm.ts';
export { hardSigmoid } from './layers/hard-sigmoid.ts';
export { hardSwish } from './layers/hard-swish.ts';
export { type LayerNormExtent, type LayerNormOptions, layerNorm } from './layers/layer-norm.ts';
export { type LeakyReluOptions, leakyRelu } from './layers/leaky-relu.ts';
export { type MaxPool2dOptions, maxPool2d } from './layers/max-pool2d.ts';
export { multiply } from './layers/multiply.ts';
export type { NormalizationOptions } from './layers/normalization-options.ts';
export type { Pool2dOptions } from './layers/pool-options.ts';
export { type PreluOptions, prelu } from './layers/prelu.ts';
export { relu } from './layers/relu.ts';
export { relu6 } from './layers/relu6.ts';
export { type ReshapeOptions, reshape } from './layers/reshape.ts';
export { selu } from './layers/selu.ts';
export { sigmoid } from './layers/sigmoid.ts';
export { silu } from './layers/silu.ts';
export { softmax } from './layers/softmax.ts';
export { type SoftplusOptions, softplus } from './layers/softplus.ts';
export { spatialDropout2d } from './layers/spatial-dropout2d.ts';
export { tanh } from './layers/tanh.ts';
export { type Upsample2dOptions, upsample2d } from './layers/upsample2d.ts';
export { type ZeroPad2dOptions, zeroPad2d } from './layers/zero-pad2d.ts';
export { createLearner, type Learner, type LearnerOptions, type Scores } from './learner.ts';
export {
  defineLoss,
  type Loss,
  type LossContext,
  type LossDefinition,
  type Losses,
  type ReferenceLoss,
  type ScoreContext,
  type TargetKind,
  type TargetSpec,
} from './loss.ts';
export { type HuberOptions, huber } from './losses/huber.ts';
export { meanAbsoluteError } from './losses/mean-absolute-error.ts';
export { type MeanSquaredErrorOptions, meanSquaredError } from './losses/mean-squared-error.ts';
export {
  type SigmoidBinaryCrossEntropyOptions,
  sigmoidBinaryCrossEntropy,
} from './losses/sigmoid-binary-cross-entropy.ts';
export { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from './losses/softmax-cross-entropy.ts';
export { weighted } from './losses/weighted.ts';
export { defineMetric, type Metric, type MetricDefinition } from './metric.ts';
export { absoluteError } from './metrics/absolute-error.ts';
export { accuracy } from './metrics/accuracy.ts';
export { type BinaryAccuracyOptions, binaryAccuracy } from './metrics/binary-accuracy.ts';
export {
  type ClassRates,
  type ClassReport,
  type ClassScores,
  classReport,
  formatClassReport,
} from './metrics/class-report.ts';
export { confusionMatrix } from './metrics/confusion-matrix.ts';
export { type TopKAccuracyOptions, topKAccuracy } from './metrics/top-k-accuracy.ts';
export {
  defineOptimizer,
  learningRateAt,
  type Optimizer,
  type OptimizerDefinition,
  type OptimizerForm,
  type OptimizerOptions,
  type OptimizerSettings,
} from './optimizer.ts';
export { type AdamOptions, adam } from './optimizers/adam.ts';
export { adamW } from './optimizers/adam-w.ts';
export { type RmspropOptions, rmsprop } from './optimizers/rmsprop.ts';
export { type SgdOptions, sgd } from './optimizers/sgd.ts';
export {
  defineSchedule,
  type LearningRate,
  type Schedule,
  type ScheduleDefinition,
  type ScheduleDescription,
} from './schedule.ts';
export { type ConstantScheduleOptions, constantSchedule } from './schedules/constant.ts';
export { type CosineDecayOptions, cosineDecay } from './schedules/cosine-decay.ts';
export { type ExponentialDecayOptions, exponentialDecay } from './schedules/exponential-decay.ts';
export { type OneCycleOptions, oneCycle } from './schedules/one-cycle.ts';
export { type PiecewiseConstantOptions, piecewiseConstant } from './schedules/piecewise-constant.ts';
export { type StepDecayOptions, stepDecay } from './schedules/step-decay.ts';
export { type WarmUpOptions, warmUp } from './schedules/warm-up.ts';
export { type MemoryUse, memoryUse, type SummaryOptions, summary } from './summary.ts';
export {
  cifarCnn,
  type ImageModelOptions,
  lenet5,
  type MobileNetOptions,
  mobileNetSmall,
  type NormalizedModelOptions,
  resnet20,
  resnet32,
  resnet56,
  type UNetOptions,
  uNetSmall,
  vggSmall,
} from './zoo/index.ts';

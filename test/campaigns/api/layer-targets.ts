// The functions of @convoy/layers, with valid arguments.
import * as convoy from '@convoy/layers';
import {
  createLearner,
  dense,
  flatten,
  type Layer,
  type Loss,
  type Metric,
  meanSquaredError,
  type Optimizer,
  relu,
  type Schedule,
  sequential,
  sgd,
} from '@convoy/layers';
import { type Shape, tensor, zeros } from '@convoy/tensor';
import { record, whole } from './mutation.ts';
import { exportOf, methodOf, type Target, target } from './target.ts';

const common = () => ({ name: 'layer', frozen: false, learningRateFactor: 1, weightDecay: true });
const window = () => ({ strides: 1, padding: 'same', dilations: 1, groups: 1 });
const weights = () => ({
  useBias: true,
  kernelInitializer: convoy.heNormal(),
  biasInitializer: convoy.zerosInitializer(),
});
const norm = () => ({ epsilon: 1e-5, scale: true, offset: true });
const pool = () => ({ size: 2, strides: 2, padding: 'valid', ceilMode: false });

/** Builds a model with the layer, compiles it, and trains it on one batch. */
function train(layer: unknown, input: Shape = [4, 6, 6]): void {
  const model = sequential({ input }, [layer as Layer, flatten(), dense({ units: 2 })]);
  const learner = createLearner({
    model,
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.1 }),
    batchSize: 2,
  });
  learner.train(zeros([2, ...input]), zeros([2, 2]));
}

/** Every layer with one input, by its function, with all its options. */
const layers = {
  adaptiveAvgPool2d: () => ({ size: [2, 3] }),
  avgPool2d: () => ({ ...pool(), countPadding: false }),
  batchNorm2d: () => ({ ...norm(), momentum: 0.1, sync: true }),
  conv2d: () => ({ filters: 2, kernelSize: 3, ...window(), ...weights(), algorithm: 'auto' }),
  conv2dTranspose: () => ({ filters: 2, kernelSize: 2, ...window(), strides: 2, outputPadding: 0, ...weights() }),
  crop2d: () => ({ cropping: { top: 1, left: 1, bottom: 1, right: 1 } }),
  dropout: () => ({ rate: 0.5 }),
  elu: () => ({ alpha: 1 }),
  flatten: () => ({}),
  gelu: () => ({ approximate: 'none' }),
  globalAvgPool2d: () => ({ keepDimensions: true }),
  globalMaxPool2d: () => ({ keepDimensions: false }),
  groupNorm: () => ({ groups: 2, ...norm() }),
  hardSigmoid: () => ({}),
  hardSwish: () => ({}),
  layerNorm: () => ({ over: 'sample', ...norm() }),
  leakyRelu: () => ({ negativeSlope: 0.01 }),
  maxPool2d: () => ({ ...pool(), dilations: 1 }),
  prelu: () => ({ shared: false, slopeInitializer: convoy.constantInitializer(0.25) }),
  relu: () => ({}),
  relu6: () => ({}),
  reshape: () => ({ shape: [2, -1] }),
  selu: () => ({}),
  sigmoid: () => ({}),
  silu: () => ({}),
  softmax: () => ({}),
  softplus: () => ({ beta: 1 }),
  spatialDropout2d: () => ({ rate: 0.5 }),
  tanh: () => ({}),
  upsample2d: () => ({ scale: 2, mode: 'bilinear', alignCorners: false }),
  zeroPad2d: () => ({ padding: [1, 2] }),
} as const;

const layerTargets = Object.entries(layers).map(([name, options]) =>
  target(name, exportOf(convoy, name), () => [{ ...options(), ...common() }], train),
);

const mergeTargets = (['add', 'concat', 'multiply'] as const).map((name) =>
  target(
    name,
    exportOf(convoy, name),
    () => [common()],
    (layer) => convoy.graph({ input: [3] }, (x) => x.to(relu()).merge(layer as Layer, x)),
  ),
);

/** Trains with a loss, a metric, an optimizer or a schedule. */
function trainWith(
  parts: { loss?: Loss; metrics?: readonly Metric[]; optimizer?: Optimizer },
  targets = zeros([2, 3]),
) {
  const model = sequential({ input: [2] }, [dense({ units: 3 })]);
  const learner = createLearner({
    model,
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.1 }),
    batchSize: 2,
    ...parts,
  });
  learner.train(zeros([2, 2]), targets);
}

const labels = tensor([0, 2]);
const withLoss = (loss: unknown) => trainWith({ loss: loss as Loss });
const withLabels = (loss: unknown) => trainWith({ loss: loss as Loss }, labels);
const withMetric = (metric: unknown) =>
  trainWith({ loss: convoy.softmaxCrossEntropy(), metrics: [metric as Metric] }, labels);
const withOptimizer = (optimizer: unknown) => trainWith({ optimizer: optimizer as Optimizer });
const withSchedule = (schedule: unknown) => withOptimizer(sgd({ learningRate: schedule as Schedule }));
const withInitializer = (initializer: unknown) =>
  train(convoy.conv2d({ filters: 2, kernelSize: 1, kernelInitializer: initializer as convoy.Initializer }));

const clipping = () => ({ learningRate: 0.1, clipValue: 1, globalClipNorm: 1, averageDecay: 0.9 });
const adam = () => ({ ...clipping(), beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 });

const descriptionTargets: readonly Target[] = [
  target(
    'absoluteError',
    convoy.absoluteError,
    () => [],
    (metric) => trainWith({ metrics: [metric as Metric] }),
  ),
  target('accuracy', convoy.accuracy, () => [], withMetric),
  target('binaryAccuracy', convoy.binaryAccuracy, () => [{ threshold: 0.5 }]),
  target('topKAccuracy', convoy.topKAccuracy, () => [{ k: 2 }], withMetric),
  target('huber', convoy.huber, () => [{ delta: 1 }], withLoss),
  target('meanAbsoluteError', convoy.meanAbsoluteError, () => [], withLoss),
  target('meanSquaredError', convoy.meanSquaredError, () => [{ reduction: 'mean' }], withLoss),
  target(
    'sigmoidBinaryCrossEntropy',
    convoy.sigmoidBinaryCrossEntropy,
    () => [{ labelSmoothing: 0.1, positiveWeight: 2 }],
    withLoss,
  ),
  target(
    'softmaxCrossEntropy',
    convoy.softmaxCrossEntropy,
    () => [{ targets: 'labels', labelSmoothing: 0.1, classWeights: [1, 2, 3], ignoreLabel: 255 }],
    withLabels,
  ),
  target('weighted', convoy.weighted, () => [meanSquaredError(), 0.5], withLoss),
  target('adam', convoy.adam, () => [adam()], withOptimizer),
  target('adamW', convoy.adamW, () => [adam()], withOptimizer),
  target(
    'rmsprop',
    convoy.rmsprop,
    () => [{ ...clipping(), rho: 0.99, epsilon: 1e-8, momentum: 0.9, weightDecay: 0.01 }],
    withOptimizer,
  ),
  target('sgd', convoy.sgd, () => [{ ...clipping(), momentum: 0.9, nesterov: true, weightDecay: 0.01 }], withOptimizer),
  target('constantSchedule', convoy.constantSchedule, () => [{ learningRate: 0.1 }], withSchedule),
  target(
    'cosineDecay',
    convoy.cosineDecay,
    () => [{ initialLearningRate: 0.1, decaySteps: 10, finalLearningRate: 0, restarts: true }],
    withSchedule,
  ),
  target(
    'exponentialDecay',
    convoy.exponentialDecay,
    () => [{ initialLearningRate: 0.1, decayRate: 0.5, decaySteps: 10 }],
    withSchedule,
  ),
  target(
    'oneCycle',
    convoy.oneCycle,
    () => [{ maxLearningRate: 0.1, totalSteps: 10, increasingFraction: 0.3, initialDivisor: 25, finalDivisor: 1e4 }],
    withSchedule,
  ),
  target(
    'piecewiseConstant',
    convoy.piecewiseConstant,
    () => [{ boundaries: [1, 2], learningRates: [0.3, 0.2, 0.1] }],
    withSchedule,
  ),
  target(
    'stepDecay',
    convoy.stepDecay,
    () => [{ initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.1 }],
    withSchedule,
  ),
  target('warmUp', convoy.warmUp, () => [{ steps: 5, learningRate: 0.1, startFactor: 0.1 }], withSchedule),
  target('constantInitializer', convoy.constantInitializer, () => [0.5], withInitializer),
  target('normalInitializer', convoy.normalInitializer, () => [{ mean: 0, deviation: 0.1 }], withInitializer),
  target('orthogonalInitializer', convoy.orthogonalInitializer, () => [{ gain: 1 }], withInitializer),
  target(
    'truncatedNormalInitializer',
    convoy.truncatedNormalInitializer,
    () => [{ mean: 0, deviation: 0.1 }],
    withInitializer,
  ),
  target('uniformInitializer', convoy.uniformInitializer, () => [{ min: -0.1, max: 0.1 }], withInitializer),
  ...(['glorotNormal', 'glorotUniform', 'heNormal', 'heUniform', 'zerosInitializer'] as const).map((name) =>
    target(name, exportOf(convoy, name), () => [], withInitializer),
  ),
];

/** Zoo models are built, but not compiled: that takes seconds. */
const image = () => ({ input: [3, 32, 32], classes: 10 });
const zooTargets: readonly Target[] = [
  target('lenet5', convoy.lenet5, () => [{ input: [1, 28, 28], classes: 10 }]),
  target('cifarCnn', convoy.cifarCnn, () => [{ ...image(), sync: true }]),
  target('mobileNetSmall', convoy.mobileNetSmall, () => [{ ...image(), sync: true, width: 0.5 }]),
  target('resnet20', convoy.resnet20, () => [{ ...image(), sync: true }]),
  target('resnet32', convoy.resnet32, () => [{ ...image(), sync: true }]),
  target('resnet56', convoy.resnet56, () => [{ ...image(), sync: true }]),
  target('uNetSmall', convoy.uNetSmall, () => [{ ...image(), sync: true, filters: 8 }]),
  target('vggSmall', convoy.vggSmall, () => [{ ...image(), sync: true }]),
];

const smallModel = () => whole(sequential({ input: [2] }, [dense({ units: 3, name: 'd' })]));
const learnerOptions = () => ({
  model: smallModel(),
  loss: convoy.softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.1 }),
  batchSize: 4,
  metrics: [convoy.accuracy()],
  seed: 1,
});
const learner = () => createLearner(learnerOptions());
const inputs = () => zeros([2, 2]);
const summaryOptions = () => ({ loss: meanSquaredError(), optimizer: convoy.adam() });

const modelTargets: readonly Target[] = [
  target('sequential', convoy.sequential, () => [{ input: [2] }, [dense({ units: 3 }), relu()]]),
  target('graph', convoy.graph, () => [{ input: [2] }, (x: convoy.GraphNode) => x.to(dense({ units: 2 }), relu())]),
  target(
    'node.to',
    (...given: Layer[]) => convoy.graph({ input: [2] }, (x) => x.to(...given)),
    () => [relu()],
  ),
  target(
    'node.merge',
    (layer: Layer, ...others: convoy.GraphNode[]) =>
      convoy.graph({ input: [2] }, (x) => x.to(relu()).merge(layer, x, ...others)),
    () => [convoy.add()],
  ),
  target(
    'shared',
    convoy.shared,
    () => [dense({ units: 2 })],
    (layer) => sequential({ input: [2] }, [layer as Layer]),
  ),
  target('summary', convoy.summary, () => [smallModel(), summaryOptions()]),
  target('memoryUse', convoy.memoryUse, () => [smallModel(), summaryOptions()]),
  target('modelCosts', convoy.modelCosts, () => [smallModel()]),
  target('parametersOf', convoy.parametersOf, () => [smallModel()]),
  target('learningRateAt', convoy.learningRateAt, () => [sgd({ learningRate: (step) => 1 / (1 + step) }), 3]),
  target(
    'createLearner',
    convoy.createLearner,
    () => [learnerOptions()],
    (result) => (result as convoy.Learner).train(inputs(), [0, 2]),
  ),
  target('learner.train', methodOf(learner, 'train'), () => [inputs(), [0, 2]]),
  target('learner.gradients', methodOf(learner, 'gradients'), () => [inputs(), [0, 2]]),
  target('learner.predict', methodOf(learner, 'predict'), () => [inputs()]),
  target('learner.slot', methodOf(learner, 'slot'), () => ['velocity']),
  target('learner.setParameters', methodOf(learner, 'setParameters'), () => [[['d.kernel', zeros([3, 2])]]]),
  target('confusionMatrix', convoy.confusionMatrix, () => [zeros([2, 3]), [0, 2], 255]),
  target('classReport', convoy.classReport, () => [zeros([3, 3]), ['a', 'b', 'c']]),
  target('formatClassReport', convoy.formatClassReport, () => [
    whole(convoy.classReport(zeros([3, 3]))),
    ['a', 'b', 'c'],
  ]),
];

/** Definitions are code, not data: their targets are those of the layers that they describe. */
const definition = {
  type: 'custom',
  settings: () => ({}),
  outputShape: (_: object, [input]: readonly Shape[]) => input,
};
const definitionTargets: readonly Target[] = [
  target(
    'defineLayer',
    convoy.defineLayer,
    () => [record({ ...definition })],
    (describe) => train((describe as () => Layer)()),
  ),
];

export const layersTargets: readonly Target[] = [
  ...layerTargets,
  target(
    'batchNorm1d',
    convoy.batchNorm1d,
    () => [{ ...norm(), momentum: 0.1, sync: false, ...common() }],
    (layer) => train(layer, [5]),
  ),
  target(
    'dense',
    convoy.dense,
    () => [{ units: 3, ...weights(), ...common() }],
    (layer) => train(layer, [5]),
  ),
  ...mergeTargets,
  ...descriptionTargets,
  ...zooTargets,
  ...modelTargets,
  ...definitionTargets,
];

// What to do about an option that a function does not have: the names that other libraries give to options, and the
// closest known name.

/**
 * Options of PyTorch, of the tools around it, of Albumentations, SciPy and Keras, in camel case, with the names of
 * options here that mean the same. The first known one counts. An option of the same name but another meaning, such as
 * the `momentum` of Keras' batch normalization, cannot be noticed.
 */
export const synonyms: Readonly<Record<string, readonly string[]>> = {
  accumulateGradBatches: ['accumulate'],
  alpha: ['negativeSlope', 'rho'],
  alphaInitializer: ['slopeInitializer'],
  angle: ['degrees'],
  bias: ['useBias'],
  brightnessFactor: ['factor'],
  center: ['offset'],
  contrastFactor: ['factor'],
  countIncludePad: ['countPadding'],
  dataFormat: ['layout'],
  cval: ['fill'],
  dilation: ['dilations'],
  dilationRate: ['dilations'],
  divFactor: ['initialDivisor'],
  dtype: ['element'],
  emaMomentum: ['averageDecay'],
  eps: ['epsilon'],
  etaMin: ['finalLearningRate'],
  fillValue: ['fill'],
  finalDivFactor: ['finalDivisor'],
  gamma: ['decayRate'],
  globalClipnorm: ['globalClipNorm'],
  gradientAccumulationSteps: ['accumulate'],
  heightFactor: ['y'],
  hueFactor: ['shift'],
  ignoreClass: ['ignoreLabel'],
  ignoreIndex: ['ignoreLabel'],
  inputShape: ['input'],
  interpolation: ['mode'],
  keepdims: ['keepDimensions'],
  kernelSize: ['size'],
  length: ['size'],
  limit: ['degrees'],
  lr: ['learningRate', 'initialLearningRate', 'maxLearningRate'],
  maxEpochs: ['epochs'],
  maxGradNorm: ['globalClipNorm'],
  maxLr: ['maxLearningRate'],
  maxNorm: ['globalClipNorm'],
  maxval: ['max'],
  milestones: ['boundaries'],
  minval: ['min'],
  nHoles: ['holes'],
  numBits: ['bits'],
  numClasses: ['classes'],
  numGroups: ['groups'],
  numHoles: ['holes'],
  numOps: ['operations'],
  numWorkers: ['workers'],
  onBatchEnd: ['onSteps'],
  onTrainBatchEnd: ['onSteps'],
  onTrainBegin: ['onStart'],
  onTrainEnd: ['onEnd'],
  outChannels: ['filters'],
  outFeatures: ['units'],
  outputSize: ['size'],
  p: ['rate', 'probability'],
  pctStart: ['increasingFraction'],
  poolSize: ['size'],
  posWeight: ['positiveWeight'],
  prob: ['probability'],
  randomState: ['seed'],
  restoreBestWeights: ['restoreBest'],
  saturationFactor: ['factor'],
  scaleFactor: ['scale'],
  sep: ['delimiter'],
  separator: ['delimiter'],
  sharpnessFactor: ['factor'],
  sigma: ['deviation'],
  size: ['scale'],
  std: ['deviation'],
  stddev: ['deviation'],
  stepSize: ['decaySteps'],
  stride: ['strides'],
  T0: ['decaySteps'],
  targetShape: ['shape'],
  target: ['label', 'labels'],
  TMax: ['decaySteps'],
  totalIters: ['steps'],
  validationData: ['validation'],
  value: ['fill'],
  values: ['learningRates'],
  weight: ['classWeights'],
  widthFactor: ['x'],
};

const NO_CHANNELS = 'Leave it out: the layer takes the number of channels from its input.';
const SCALE_AND_OFFSET = 'Use scale and offset: each may be false.';
const FROZEN = 'Use frozen: true for parameters that stay as they are.';
const MODEL_INPUT = 'Give the shape of one sample to the model: sequential({ input: [1, 28, 28] }, …).';

/** Options that other libraries have, and that are no options here, or have another meaning. */
const elsewhere: Readonly<Record<string, string>> = {
  activation: 'Add the activation as a layer of its own, for example relu(), after this one.',
  affine: SCALE_AND_OFFSET,
  batchInputShape: MODEL_INPUT,
  batchSize: 'Pass it to createTrainer or createLearner.',
  betas: 'Use beta1 and beta2.',
  classWeight: 'Pass weights to the loss: softmaxCrossEntropy({ classWeights: [1, 2.5] }).',
  clipnorm: 'Use globalClipNorm, which limits the norm of the gradients of all parameters together.',
  dataFormat: 'Leave it out: planes are [channels, height, width].',
  decay: 'Use weightDecay, or a schedule such as exponentialDecay as the learningRate.',
  device: 'Leave it out: all computation is on the cores of the processor.',
  dtype: 'Leave it out: all numbers are float32.',
  elementwiseAffine: SCALE_AND_OFFSET,
  fromLogits: 'Leave it out: the loss takes logits, so the model has no softmax or sigmoid at its end.',
  inChannels: NO_CHANNELS,
  inFeatures: 'Leave it out: the layer takes the number of features from its input.',
  inplace: 'Leave it out: activations are fused into the layers around them.',
  inputShape: MODEL_INPUT,
  kernelRegularizer: 'Use the weightDecay of the optimizer.',
  lossWeights: 'Weight each loss: weighted(softmaxCrossEntropy(), 0.3).',
  normalizedShape: "Use over: 'sample' or 'channels'.",
  numChannels: NO_CHANNELS,
  numFeatures: NO_CHANNELS,
  paddingMode: 'Leave it out: padding is zeros.',
  requiresGrad: FROZEN,
  seed: 'Pass it to createTrainer or createLearner.',
  trainable: FROZEN,
  useEma: 'Set averageDecay to keep a moving average of the parameters.',
  warmupSteps: 'Wrap the schedule: warmUp({ steps: 500, learningRate: cosineDecay(…) }).',
};

/** A sentence on what to do about an unknown option. */
export function adviceFor(unknown: string, known: readonly string[]): string {
  const name = camelCase(unknown);
  if (known.includes(name)) return `Use ${name}.`;
  const synonym = synonymOf(name, known);
  if (synonym !== undefined) return `Use ${synonym}.`;
  const advice = own(elsewhere, name);
  if (advice !== undefined) return advice;
  const closest = closestName(name, known);
  return closest === undefined ? 'Leave it out, or correct its name.' : `Did you mean ${closest}?`;
}

/** The known name of an option that other libraries call by the given name, in camel case, if there is one. */
export function synonymOf(given: string, known: readonly string[]): string | undefined {
  return own(synonyms, given)?.find((candidate) => known.includes(candidate));
}

/**
 * The known name that differs from a given name in the fewest characters, without regard to case; undefined if all of
 * them differ too much.
 */
export function closestName(given: string, known: readonly string[]): string | undefined {
  const distances = known.map((name) => editDistance(given.toLowerCase(), name.toLowerCase()));
  const least = Math.min(...distances);
  return least <= Math.max(1, Math.floor(given.length / 3)) ? known[distances.indexOf(least)] : undefined;
}

/** The entry of a table; not what every object inherits, such as `constructor`. */
const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

const camelCase = (name: string): string => name.replace(/_+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());

/**
 * How many characters must be inserted, deleted, replaced or exchanged with the next one to turn one text into the
 * other (Damerau 1964; no character is edited twice).
 */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    [before, previous, row] = [previous, row, [i]];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isExchanged = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] && i > 1 && j > 1;
      const exchanged = isExchanged ? (before[j - 2] as number) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(replaced, exchanged, (previous[j] as number) + 1, (row[j - 1] as number) + 1));
    }
  }
  return row[b.length] as number;
}

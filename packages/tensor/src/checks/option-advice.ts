// What to do about an option that a function does not have: the names that PyTorch and Keras give to options, and the
// closest known name.

/** Options of PyTorch and Keras, in camel case, with the names of the same options here. The first known one counts. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  alpha: ['negativeSlope'],
  bias: ['useBias'],
  biasInit: ['biasInitializer'],
  classWeight: ['classWeights'],
  clipnorm: ['globalClipNorm'],
  clipNorm: ['globalClipNorm'],
  countIncludePad: ['countPadding'],
  decay: ['weightDecay', 'decayRate'],
  dilation: ['dilations'],
  dilationRate: ['dilations'],
  emaMomentum: ['averageDecay'],
  eps: ['epsilon'],
  etaMin: ['finalLearningRate'],
  featureMapCount: ['filters'],
  gamma: ['factor', 'decayRate'],
  gradientAccumulationSteps: ['accumulate'],
  ignoreClass: ['ignoreLabel'],
  ignoreIndex: ['ignoreLabel'],
  interpolation: ['mode'],
  kernel: ['kernelSize', 'size'],
  kernelInit: ['kernelInitializer'],
  kernelSize: ['size'],
  lr: ['learningRate', 'initialLearningRate'],
  maxLr: ['maxLearningRate'],
  maxNorm: ['globalClipNorm'],
  minLr: ['finalLearningRate'],
  modelName: ['name'],
  negativeSlope: ['alpha'],
  numClasses: ['classes'],
  numGroups: ['groups'],
  numWorkers: ['workers'],
  onBatchEnd: ['onSteps'],
  onEpochComplete: ['onEpochEnd'],
  onTrainBegin: ['onStart'],
  onTrainEnd: ['onEnd'],
  outChannels: ['filters'],
  outFeatures: ['units'],
  outputSize: ['size'],
  p: ['rate'],
  poolSize: ['size'],
  posWeight: ['positiveWeight'],
  randomState: ['seed'],
  scaleFactor: ['scale'],
  stepSize: ['decaySteps', 'steps'],
  stride: ['strides'],
  threads: ['workers'],
  totalSteps: ['decaySteps', 'steps'],
  upscaleFactor: ['scale'],
  validationData: ['validation'],
  warmupSteps: ['steps'],
  weight: ['classWeights'],
};

/** Options that other libraries have, and that are no options here at all. */
const elsewhere: Readonly<Record<string, string>> = {
  activation: 'Add the activation as a layer of its own, for example relu(), after this one.',
  affine: 'Leave it out: the layer always learns a scale and an offset.',
  batchInputShape: 'Give the shape of one sample to the model: sequential({ input: [1, 28, 28] }, …).',
  device: 'Leave it out: all computation is on the cores of the processor.',
  dtype: 'Leave it out: all numbers are float32.',
  inChannels: 'Leave it out: the layer takes the number of channels from its input.',
  inFeatures: 'Leave it out: the layer takes the number of features from its input.',
  inputShape: 'Give the shape of one sample to the model: sequential({ input: [1, 28, 28] }, …).',
  numChannels: 'Leave it out: the layer takes the number of channels from its input.',
  numFeatures: 'Leave it out: the layer takes the number of channels from its input.',
  requiresGrad: 'Use frozen: true for parameters that stay as they are.',
  trainable: 'Use frozen: true for parameters that stay as they are.',
};

/** A sentence on what to do about an unknown option. */
export function adviceFor(unknown: string, known: readonly string[]): string {
  const name = camelCase(unknown);
  if (known.includes(name)) return `Use ${name}.`;
  const synonym = own(synonyms, name)?.find((candidate) => known.includes(candidate));
  if (synonym !== undefined) return `Use ${synonym}.`;
  const advice = own(elsewhere, name);
  if (advice !== undefined) return advice;
  const closest = closestName(name, known);
  return closest === undefined ? 'Leave it out, or correct its name.' : `Did you mean ${closest}?`;
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

/** How many characters must be inserted, deleted or replaced to turn one text into the other (Levenshtein 1965). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const previous = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] as number) + 1, (row[j - 1] as number) + 1));
    }
  }
  return row[b.length] as number;
}

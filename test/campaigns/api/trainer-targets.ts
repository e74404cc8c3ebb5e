// The functions of @convoy/trainer, @convoy/datasets and @convoy/formats, with valid arguments.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as datasets from '@convoy/datasets';
import * as formats from '@convoy/formats';
import { accuracy, dense, sequential, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { zeros } from '@convoy/tensor';
import * as convoy from '@convoy/trainer';
import { createTrainer, type Trainer } from '@convoy/trainer';
import { goldenFile } from '../../../packages/datasets/test/golden-file.ts';
import { record, whole } from './mutation.ts';
import { methodOf, type Target, target } from './target.ts';

const SAMPLES = 24;
/** No call may train for longer, whatever its options say. */
const RUN_MILLISECONDS = 500;

const directory = mkdtempSync(join(tmpdir(), 'convoy-api-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const file = (name: string) => join(directory, name);

let packedFiles = 0;

const source = () => ({
  sampleShape: [2],
  inputs: new Float32Array(SAMPLES * 2),
  targets: { kind: 'labels', labels: new Uint8Array(SAMPLES), classes: 3, shape: [], ignoreLabel: 2 },
  normalization: { scale: [1, 1], offset: [0, 0] },
});
const { ignoreLabel: _, ...plainTargets } = source().targets;
const dataset = () => whole(datasets.createDataset({ ...source(), targets: plainTargets } as datasets.DatasetSource));

const trainerOptions = () => ({
  model: whole(sequential({ input: [2] }, [dense({ units: 3, name: 'd' })])),
  loss: softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.1 }),
  metrics: [accuracy()],
  batchSize: 8,
  accumulate: 1,
  workers: 2,
  seed: 1,
  maxShards: 4,
  simd: 'strict',
  maxFailures: 3,
  hangSeconds: 30,
  onWorkerFailure: () => {},
  stopOnNonFinite: true,
  profile: true,
});

let living: Trainer | undefined;

/** The trainer that the calls of its methods share. */
const trainer = async (): Promise<Trainer> => {
  living ??= await createTrainer({ ...trainerOptions(), simd: 'strict' });
  return living;
};

export const endTrainer = async (): Promise<void> => living?.dispose();

const fitOptions = () => ({
  epochs: 1,
  validation: dataset(),
  validationWeights: 'current',
  callbacks: [
    {
      name: 'mine',
      everySteps: 2,
      skipsFastDevRun: false,
      state: () => ({ seen: 1 }),
      restore: () => {},
      onStart: () => {},
      onSteps: () => {},
      onProgress: () => {},
      onEpochEnd: () => {},
      onEnd: () => {},
    },
  ],
  signal: AbortSignal.timeout(RUN_MILLISECONDS),
  shuffle: true,
  maxSteps: 5,
  maxSeconds: 0.5,
  overfitBatches: 2,
  fastDevRun: false,
  resume: file('nowhere'),
});

const runOptions = () => ({ signal: AbortSignal.timeout(RUN_MILLISECONDS), weights: 'current' });

/** A fit with one callback, made by the function under test. */
const fitWith = async (callback: unknown) =>
  (await trainer()).fit(dataset(), {
    epochs: 1,
    maxSteps: 3,
    signal: AbortSignal.timeout(RUN_MILLISECONDS),
    callbacks: [callback as convoy.Callback],
  });

const method = (name: 'fit' | 'evaluate' | 'evaluateClasses' | 'predict' | 'findLearningRate') =>
  target(`trainer.${name}`, methodOf(trainer, name), () => [
    dataset(),
    {
      fit: fitOptions,
      evaluate: runOptions,
      evaluateClasses: runOptions,
      predict: runOptions,
      findLearningRate: () => ({
        from: 1e-3,
        to: 1,
        steps: 4,
        smoothing: 0.9,
        divergence: 4,
        signal: AbortSignal.timeout(RUN_MILLISECONDS),
      }),
    }[name](),
  ]);

const monitor = () => ({ monitor: 'loss', mode: 'min', minDelta: 0 });
const log = () => ({ file: file('log'), append: false });

/** Calls that start threads or train: tens of milliseconds each. */
export const slowTargets: readonly Target[] = [
  target(
    'createTrainer',
    createTrainer,
    () => [trainerOptions()],
    async (made) => (made as Trainer).dispose(),
  ),
  method('fit'),
  method('evaluate'),
  method('evaluateClasses'),
  method('predict'),
  method('findLearningRate'),
  target(
    'trainer.epochs',
    async (data: datasets.Dataset, options: convoy.FitOptions) => {
      for await (const _ of (await trainer()).epochs(data, options));
    },
    () => [dataset(), fitOptions()],
  ),
  target(
    'run.learningRateFactor',
    (value: number) =>
      fitWith({
        onStart: (run: convoy.Run) => {
          run.learningRateFactor = value;
        },
      }),
    () => [0.5],
  ),
  target(
    'run.stop',
    (reason: string) => fitWith({ state: () => ({}), onStart: (run: convoy.Run) => run.stop(reason) }),
    () => ['enough'],
  ),
  target(
    'run.setParameters',
    (parameters: never) => fitWith({ onStart: (run: convoy.Run) => run.setParameters(parameters) }),
    () => [[['d.kernel', zeros([3, 2])]]],
  ),
  target(
    'callback.state',
    (state: unknown) =>
      fitWith({ name: 'mine', state: () => state, onEpochEnd: (_: unknown, run: convoy.Run) => run.snapshot() }),
    () => [record({ seen: 1, weights: zeros([2]) })],
  ),
  target(
    'checkpoint',
    convoy.checkpoint,
    () => [{ directory: file('checkpoints'), every: { epochs: 1 }, keep: 2, best: monitor() }],
    fitWith,
  ),
  target('csvLog', convoy.csvLog, () => [log()], fitWith),
  target('jsonLinesLog', convoy.jsonLinesLog, () => [log()], fitWith),
  target('earlyStopping', convoy.earlyStopping, () => [{ ...monitor(), patience: 3, restoreBest: true }], fitWith),
  target(
    'reduceOnPlateau',
    convoy.reduceOnPlateau,
    () => [{ ...monitor(), factor: 0.1, patience: 2, cooldown: 1, minFactor: 1e-3 }],
    fitWith,
  ),
  target('stopWhen', convoy.stopWhen, () => [() => false, 'enough'], fitWith),
];

const tensors = () => record({ 'd.kernel': zeros([3, 2]), 'd.bias': zeros([3]) });
const metadata = () => record({ epoch: '3' });
const search = () => ({ rates: [0.1, 0.2], losses: [1, 2], smoothed: [1, 2], suggestion: 0.1 });
const epochRecord = () => ({ epoch: 1, scores: record({ loss: 1 }), seconds: 1, samplesPerSecond: 10 });

const arrayOptions = (classes: number) => ({
  classes,
  classNames: Array.from({ length: classes }, (_, i) => `class ${i}`),
  layout: 'NHWC',
});

export const dataTargets: readonly Target[] = [
  target('trainer.setParameters', methodOf(trainer, 'setParameters'), () => [[['d.kernel', zeros([3, 2])]]]),
  target('trainer.parameters', methodOf(trainer, 'parameters'), () => ['current']),
  target('formatLearningRateSearch', convoy.formatLearningRateSearch, () => [search()]),
  target(
    'formatProfile',
    async (profile?: never) => convoy.formatProfile(profile ?? (await trainer()).profile()),
    () => [],
  ),
  target('monitored', convoy.monitored, () => [record(epochRecord()), 'loss']),
  target('sharedMemoryUse', convoy.sharedMemoryUse, () => [trainerOptions()]),
  target(
    'createDataset',
    datasets.createDataset,
    () => [source()],
    (result) => {
      const data = result as datasets.Dataset;
      return [datasets.take(data, 1), data.targets];
    },
  ),
  target('checkDataset', datasets.checkDataset, () => ['data', dataset()]),
  target('elementOf', datasets.elementOf, () => [whole(dataset().source)]),
  target('take', datasets.take, () => [dataset(), 3]),
  target('split', datasets.split, () => [
    dataset(),
    { fractions: record({ train: 0.5, test: 0.25 }), seed: 1, stratified: true },
  ]),
  target('split by counts', datasets.split, () => [dataset(), { counts: [3, 4] }]),
  target('subset', datasets.subset, () => [dataset(), 1, 3]),
  target('subset by numbers', datasets.subset, () => [dataset(), [2, 0, 2]]),
  target('filter', datasets.filter, () => [dataset(), () => true]),
  target('map', datasets.map, () => [dataset(), (numbers: Float32Array) => numbers, { sampleShape: [2] }]),
  target('concat', datasets.concat, () => [[dataset(), dataset()]]),
  target('balance', datasets.balance, () => [dataset(), { seed: 1 }]),
  target('withNormalization', datasets.withNormalization, () => [dataset(), { mean: [0, 0], std: [1, 1] }]),
  target('statistics', datasets.statistics, () => [dataset()]),
  target(
    'pack',
    (...given: Parameters<typeof datasets.pack>) => datasets.pack(...given),
    () => [dataset(), file(`packed ${packedFiles++}.safetensors`), { shardBytes: 16 }],
  ),
  target('packed', datasets.packed, () => [file('packed 0.safetensors'), { inMemory: false, verify: true }]),
  target('duplicatesBetween', datasets.duplicatesBetween, () => [record({ train: dataset(), test: dataset() })]),
  target('mnist', datasets.mnist, () => [{ directory: file('nowhere') }]),
  target('fashionMnist', datasets.fashionMnist, () => [{ directory: file('nowhere') }]),
  target('readIdx', datasets.readIdx, () => [file('nowhere')]),
  target('idx', datasets.idx, () => [
    { inputs: goldenFile('letters-images.gz'), labels: goldenFile('letters-labels'), ...arrayOptions(26) },
  ]),
  target('npy', datasets.npy, () => [
    { inputs: goldenFile('images.npy'), labels: goldenFile('labels.npy'), ...arrayOptions(5) },
  ]),
  target('npz', datasets.npz, () => [
    goldenFile('keras.npz'),
    {
      train: { inputs: 'x_train', labels: 'y_train' },
      test: { inputs: 'x_test', labels: 'y_test' },
      validation: { inputs: 'x_test', labels: 'y_test' },
      ...arrayOptions(4),
    },
  ]),
  target('csv', datasets.csv, () => [
    goldenFile('pixels.csv'),
    {
      label: 'label',
      features: ['pixel0', 'pixel1', 3, 4],
      header: true,
      delimiter: ',',
      sampleShape: [1, 2, 2],
      element: 'uint8',
      classes: 10,
    },
  ]),
  target('csv of values', datasets.csv, () => [goldenFile('pixels.csv'), { values: ['label', 1] }]),
  target('cifar10', datasets.cifar10, () => [goldenFile('cifar-10')]),
  target('cifar100', datasets.cifar100, () => [goldenFile('cifar-100'), { labels: 'coarse' }]),
  target('imageFolder', datasets.imageFolder, () => [
    goldenFile('.'),
    { size: [4, 5], fit: 'fill', channels: 3, onError: 'stop' },
  ]),
  target('webDataset', datasets.webDataset, () => [
    [goldenFile('photos-ustar.tar')],
    { size: 4, fit: 'cover', channels: 1, image: ['png'], label: 'cls', classNames: ['a', 'b'] },
  ]),
  target('parquet', datasets.parquet, () => [
    [goldenFile('hub.parquet')],
    { size: 4, fit: 'cover', channels: 1, image: 'image', label: 'label', classNames: ['a', 'b'] },
  ]),
  target('csvImages', datasets.csvImages, () => [
    goldenFile('images.csv'),
    { image: 'file', label: 'kind', folder: goldenFile('images'), size: 4, header: true, delimiter: ',', classes: 2 },
  ]),
  target('load', datasets.load, () => [dataset()]),
  target('fromSamples', datasets.fromSamples, () => [
    [
      { input: [1, 2], label: 'a' },
      { input: new Float32Array(2), label: 'b' },
    ],
    { sampleShape: [2], classes: 2, classNames: ['a', 'b'] },
  ]),
  target('fromSamples of values', datasets.fromSamples, () => [[{ input: new Uint8Array(2), value: [1] }]]),
  target('encodeSafetensors', formats.encodeSafetensors, () => [tensors(), metadata()]),
  target('decodeSafetensors', formats.decodeSafetensors, () => [
    formats.encodeSafetensors({ a: zeros([2]) }),
    'a source',
  ]),
  target('readSafetensors', formats.readSafetensors, () => [file('weights'), { shared: true }]),
  target('writeSafetensors', formats.writeSafetensors, () => [file('weights'), tensors(), metadata()]),
  target('writeDurably', formats.writeDurably, () => [file('bytes'), new Uint8Array(3)]),
  target('appendDurably', formats.appendDurably, () => [file('text'), 'a line']),
  target('syncDirectory', formats.syncDirectory, () => [directory]),
];

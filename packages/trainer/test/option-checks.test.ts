// Wrong arguments of every public function: each is refused with a ConvoyError that names what is wrong, and asynchronous functions reject.
import { join } from 'node:path';
import type { StoredDataset } from '@convoy/datasets';
import { accuracy, adam, cosineDecay, createLearner, lenet5, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { ConvoyError, type ConvoyErrorCode, tensor } from '@convoy/tensor';
import {
  checkpoint,
  createTrainer,
  csvLog,
  earlyStopping,
  formatLearningRateSearch,
  formatProfile,
  jsonLinesLog,
  monitored,
  reduceOnPlateau,
  sharedMemoryUse,
  stopWhen,
  type Trainer,
} from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../datasets/test/temporary-directory.ts';
import { expectSameParameters } from './expectations.ts';
import { expectRefusal } from './refusal.ts';
import { learned } from './single-thread.ts';
import { classifier, images, points } from './small-cases.ts';

const root = temporaryDirectory();

type Case = readonly [options: unknown, given: RegExp, fix?: RegExp, code?: ConvoyErrorCode];

const OPTION = 'CONVOY_INVALID_OPTION';
const notObjects: readonly Case[] = [
  [null, /^null as the options of /],
  [5, /^5 as the options of /],
  [[1], /^\[1\] as the options of /],
  ['all', /^"all" as the options of /],
];

describe('createTrainer and sharedMemoryUse', () => {
  const cases: Case[] = [
    ...notObjects,
    [{ ...classifier, batch_size: 4 }, /^the option "batch_size"/, /^Use batchSize\.$/],
    [{ ...classifier, num_workers: 4 }, /^the option "num_workers"/, /^Use workers\.$/],
    [{ ...classifier, gradientAccumulationSteps: 4 }, /^the option "gradientAcc/, /^Use accumulate\.$/],
    [{ ...classifier, model: undefined }, /^model: undefined$/],
    [{ ...classifier, model: {} }, /^model: an object/],
    [{ ...classifier, model: lenet5 }, /^model: a function$/],
    [{ ...classifier, model: { ...lenet5(), layers: [{}] } }, /^model/],
    [{ ...classifier, loss: softmaxCrossEntropy }, /^loss: a function$/],
    [{ ...classifier, loss: 'mse' }, /^loss: "mse"$/],
    [{ ...classifier, loss: [null] }, /^loss\[0\]: null$/],
    [{ ...classifier, optimizer: 'sgd' }, /^optimizer: "sgd"$/],
    [{ ...classifier, optimizer: sgd }, /^optimizer: a function$/],
    [{ ...classifier, metrics: accuracy() }, /^metrics: an object/],
    [{ ...classifier, metrics: ['accuracy'] }, /^metrics\[0\]: "accuracy"$/],
    [{ ...classifier, metrics: [accuracy(), accuracy()] }, /^metrics with two scores named "accuracy"$/],
    [{ ...classifier, batchSize: 2 ** 31 }, /^batchSize: 2147483648$/],
    [{ ...classifier, maxShards: 1025 }, /^maxShards: 1025$/],
    [{ ...classifier, workers: 1025 }, /^workers: 1025$/],
    [{ ...classifier, workers: 1e9 }, /^workers: 1000000000$/],
    [{ ...classifier, workers: 2 ** 32 }, /^workers: 4294967296$/],
    [{ ...classifier, workers: null }, /^workers: null$/],
    [{ ...classifier, maxFailures: 0 }, /^maxFailures: 0$/],
    [{ ...classifier, hangSeconds: 0 }, /^hangSeconds: 0$/],
    [{ ...classifier, hangSeconds: '5' }, /^hangSeconds: "5"$/],
    [{ ...classifier, onWorkerFailure: {} }, /^onWorkerFailure: /],
    [{ ...classifier, stopOnNonFinite: 1 }, /^stopOnNonFinite: 1$/],
    [{ ...classifier, profile: 'yes' }, /^profile: "yes"$/],
    [{ ...classifier, simd: 'wider' }, /^simd: "wider"$/],
    [{ ...classifier, seed: 2 ** 53 }, /^seed: /],
  ];
  it.each(cases.map((each) => ({ each })))(
    'refuse %j',
    async ({ each: [options, given, fix = /./, code = OPTION] }) => {
      expect((await expectRefusal(createTrainer(options as never), code, given)).fix).toMatch(fix);
      expect(() => sharedMemoryUse(options as never)).toThrow(expect.objectContaining({ code }));
    },
  );
});

describe('a trainer', () => {
  const data = images(64);
  const pair = ['convolution.kernel', new Float32Array(2)];
  const [knownName] = createLearner(classifier).parameters().keys();

  const calls: Readonly<Record<string, readonly [call: (trainer: Trainer, options: never) => unknown, ...Case[]]>> = {
    fit: [
      (trainer, options) => trainer.fit(data, options),
      ...notObjects,
      [undefined, /^epochs: undefined$/],
      [{ epochs: 1, validationData: data }, /^the option "validationData"/, /^Use validation\.$/],
      [{ epochs: 1, maxEpochs: 4 }, /^the option "maxEpochs", which fit does not have$/],
      [{ epochs: 2 ** 31 }, /^epochs: 2147483648$/],
      [{ epochs: 1, validation: images }, /^a function as validation/, /createDataset/, 'CONVOY_INVALID_DATA'],
      [{ epochs: 1, validation: null }, /^null as validation/, /createDataset/, 'CONVOY_INVALID_DATA'],
      [{ epochs: 1, validationWeights: 'mean' }, /^validationWeights: "mean"$/],
      [{ epochs: 1, validationWeights: 'average' }, /^validationWeights: 'average' with an optimizer/],
      [{ epochs: 1, callbacks: earlyStopping() }, /^callbacks: an object/],
      [{ epochs: 1, callbacks: [earlyStopping] }, /^callbacks\[0\]: a function$/],
      [{ epochs: 1, callbacks: [[]] }, /^callbacks\[0\]: \[\]$/],
      [{ epochs: 1, callbacks: [null] }, /^callbacks\[0\]: null$/],
      [{ epochs: 1, signal: {} }, /^signal: an object/],
      [{ epochs: 1, signal: new AbortController() }, /^signal: an object \(AbortController\)$/],
      [{ epochs: 1, shuffle: 'no' }, /^shuffle: "no"$/],
      [{ epochs: 1, maxSteps: 2 ** 31 }, /^maxSteps: 2147483648$/],
      [{ epochs: 1, maxSeconds: Number.NaN }, /^maxSeconds: NaN$/],
      [{ epochs: 1, maxSeconds: 0 }, /^maxSeconds: 0$/],
      [{ epochs: 1, overfitBatches: 0.5 }, /^overfitBatches: 0\.5$/],
      [{ epochs: 1, fastDevRun: 2 ** 40 }, /^fastDevRun: 1099511627776$/],
      [{ epochs: 1, resume: 5 }, /^resume: 5$/],
      [{ epochs: 1, resume: '' }, /^resume: ""$/],
    ],
    epochs: [
      (trainer, options) => trainer.epochs(data, options).next(),
      ...notObjects,
      [{ epochs: 1, callbacks: 5 }, /^callbacks: 5$/],
      [{ epochs: 1, patience: 5 }, /^the option "patience", which epochs does not have$/],
    ],
    evaluate: [
      (trainer, options) => trainer.evaluate(data, options),
      ...notObjects,
      [{ batchSize: 3 }, /^the option "batchSize", which evaluate does not have$/],
      [{ signal: 5 }, /^signal: 5$/],
      [{ weights: null }, /^weights: null$/],
    ],
    evaluateClasses: [
      (trainer, options) => trainer.evaluateClasses(data, options),
      ...notObjects,
      [{ classes: 3 }, /^the option "classes", which evaluateClasses does not have$/],
    ],
    predict: [
      (trainer, options) => trainer.predict(data, options),
      ...notObjects,
      [{ weight: 'average' }, /^the option "weight", which predict does not have$/, /weights/],
    ],
    findLearningRate: [
      (trainer, options) => trainer.findLearningRate(data, options),
      ...notObjects,
      [{ minLr: 1 }, /^the option "minLr", which findLearningRate does not have$/],
      [{ to: 1e39 }, /^to: 1e\+39/],
      [{ from: 1e-50 }, /^from: 1e-50/],
      [{ from: 2, to: 1 }, /^to: 1$/],
      [{ steps: 2 ** 31 }, /^steps: 2147483648$/],
      [{ signal: 'stop' }, /^signal: "stop"$/],
    ],
    'fit of': [
      (trainer, options) => trainer.fit(options, { epochs: 1 }),
      [null, /^null as training data$/, /createDataset/, 'CONVOY_INVALID_DATA'],
      [tensor([1]), /^an object \(Tensor\) as training data/, /createDataset/, 'CONVOY_INVALID_DATA'],
      [Promise.resolve(data), /as training data/, /^Await it\.$/, 'CONVOY_INVALID_DATA'],
      [{ train: data, test: data }, /as training data/, /train or test/, 'CONVOY_INVALID_DATA'],
      [
        { ...data, source: { kind: 'stored', samples: [1, 2] } },
        /with source.samples: \[1, 2\]$/,
        /./,
        'CONVOY_INVALID_DATA',
      ],
      [{ ...data, length: 65 }, /with source.samples: a Uint8Array of /, /./, 'CONVOY_INVALID_DATA'],
      [{ ...data, targets: points(64) }, /with targets: /, /./, 'CONVOY_INVALID_DATA'],
      [{ ...data, normalization: {} }, /with normalization: /, /./, 'CONVOY_INVALID_DATA'],
    ],
    'evaluate of': [
      (trainer, options) => trainer.evaluate(options),
      [undefined, /^undefined as data$/, /./, 'CONVOY_INVALID_DATA'],
    ],
    'predict of': [
      (trainer, options) => trainer.predict(options),
      [new Float32Array(63), /^a Float32Array of 63 as data$/, /./, 'CONVOY_INVALID_DATA'],
    ],
    parameters: [async (trainer, options) => trainer.parameters(options), [null, /^weights: null$/]],
    setParameters: [
      async (trainer, options) => trainer.setParameters(options),
      [{ kernel: tensor([1]) }, /as parameters$/, /Object\.entries/, 'CONVOY_INVALID_DATA'],
      [null, /^null as parameters$/, /./, 'CONVOY_INVALID_DATA'],
      [[5], /^5 as parameters$/, /./, 'CONVOY_INVALID_DATA'],
      [[pair], /the parameter/, /./, 'CONVOY_UNKNOWN_NAME'],
      [[[knownName, new Float32Array(5)]], /a Float32Array of 5/, /./, 'CONVOY_INVALID_DATA'],
    ],
  };

  it.each(Object.entries(calls))('%s refuses wrong arguments, and changes nothing', async (_, [call, ...cases]) => {
    await using trainer = await createTrainer({ ...classifier, workers: 1 });
    for (const [options, given, fix = /./, code = OPTION] of cases) {
      // A call that throws before it returns a promise is no rejection.
      const running = call(trainer, options as never) as Promise<unknown>;
      expect((await expectRefusal(running, code, given)).fix).toMatch(fix);
    }
    expect(trainer.step).toBe(0);
    await trainer.fit(data, { epochs: 1 });
    expectSameParameters(trainer, learned(classifier, data, { epochs: 1 }));
  });
});

describe('callbacks and formats', () => {
  const cases: Readonly<Record<string, readonly [make: (options: never) => unknown, ...Case[]]>> = {
    checkpoint: [
      checkpoint,
      ...notObjects,
      [undefined, /^directory: undefined$/],
      [{ directory: 5 }, /^directory: 5$/],
      [{ directory: 'd', saveBest: true }, /^the option "saveBest"/],
      [{ directory: 'd', every: 5 }, /^5 as the options of every$/],
      [{ directory: 'd', every: null }, /^null as the options of every$/],
      [{ directory: 'd', every: {} }, /^every: \{ epochs: undefined, steps: undefined \}$/],
      [{ directory: 'd', every: { epochs: 1, steps: 1 } }, /^every: \{ epochs: 1, steps: 1 \}$/],
      [{ directory: 'd', every: { step: 1 } }, /^the option "step", which every does not have$/, /steps/],
      [{ directory: 'd', every: { steps: 1e10 } }, /^steps: 10000000000$/],
      [{ directory: 'd', keep: 2 ** 31 }, /^keep: 2147483648$/],
      [{ directory: 'd', best: 'yes' }, /^best: "yes"$/],
      [{ directory: 'd', best: { patience: 1 } }, /^the option "patience", which best does not have$/],
      [{ directory: 'd', best: null }, /^null as the options of best$/],
    ],
    earlyStopping: [
      earlyStopping,
      ...notObjects,
      [{ min_delta: 1 }, /^the option "min_delta"/, /^Use minDelta\.$/],
      [{ patience: 2 ** 31 }, /^patience: 2147483648$/],
      [{ monitor: 5 }, /^monitor: 5$/],
      [{ restoreBest: 1 }, /^restoreBest: 1$/],
    ],
    reduceOnPlateau: [
      reduceOnPlateau,
      ...notObjects,
      [{ patient: 1 }, /^the option "patient"/, /^Did you mean patience\?$/],
      [{ factor: 1 }, /^factor: 1$/],
      [{ cooldown: -1 }, /^cooldown: -1$/],
      [{ mode: 'auto' }, /^mode: "auto"$/],
    ],
    csvLog: [csvLog, ...notObjects, [{ file: 5 }, /^file: 5$/], [{ file: 'a', path: 'b' }, /^the option "path"/]],
    jsonLinesLog: [
      jsonLinesLog,
      ...notObjects,
      [{ file: '' }, /^file: ""$/],
      [{ file: 'a', append: 1 }, /^append: 1$/],
    ],
    stopWhen: [
      stopWhen,
      [undefined, /^condition: undefined$/],
      [{}, /^condition: /],
      [class {}, /^condition: a class$/],
    ],
    'stopWhen with a reason': [
      (reason: never) => stopWhen(() => true, reason),
      [{ a: 1 }, /^reason: /],
      [null, /^reason/],
    ],
    monitored: [
      (record: never) => monitored(record, 'loss'),
      [null, /^null as the record of an epoch$/, /./, 'CONVOY_INVALID_DATA'],
      [{}, /as the record of an epoch$/, /./, 'CONVOY_INVALID_DATA'],
    ],
    formatProfile: [formatProfile, ...notObjects, [{}, /^workers: undefined$/], [{ workers: [{}] }, /^activities/]],
    formatLearningRateSearch: [
      formatLearningRateSearch,
      ...notObjects,
      [{ rates: [1], losses: [1], smoothed: ['a'], suggestion: undefined }, /^smoothed\[0\]: "a"$/],
    ],
  };

  it.each(Object.entries(cases))('%s refuses wrong arguments', (_, [make, ...wrong]) => {
    for (const [options, given, fix = /./, code = OPTION] of wrong) {
      const error = errorOf(() => make(options as never));
      expect(error).toBeInstanceOf(ConvoyError);
      expect(error).toMatchObject({
        code,
        given: expect.stringMatching(given),
        fix: expect.stringMatching(fix),
      });
    }
  });
});

describe('data that is smaller than a batch', () => {
  it('is one step, with the bits, the scores and the progress of a learner', async () => {
    const data: StoredDataset = images(5);
    await using trainer = await createTrainer({ ...classifier, workers: 3 });
    const steps: string[] = [];
    const { epochs } = await trainer.fit(data, {
      epochs: 3,
      callbacks: [{ onProgress: ({ step, steps: all }) => void steps.push(`${step} of ${all}`) }],
    });
    expect(trainer.step).toBe(3);
    expect(epochs).toHaveLength(3);
    expect(new Set(steps)).toEqual(new Set(['1 of 1']));
    expectSameParameters(trainer, learned(classifier, data, { epochs: 3 }));
    const search = await trainer.findLearningRate(data, { steps: 5 });
    expect(search.rates.length).toBeGreaterThan(0);
    expect(trainer.step).toBe(3);
  });

  it('follows a schedule, and resumes from a checkpoint', async () => {
    const data = images(5);
    const optimizer = adam({ learningRate: cosineDecay({ initialLearningRate: 0.02, decaySteps: 4 }) });
    const options = { ...classifier, optimizer };
    const directory = join(root, 'small');
    await using first = await createTrainer({ ...options, workers: 2 });
    await first.fit(data, { epochs: 2, callbacks: [checkpoint({ directory })] });
    await using second = await createTrainer({ ...options, workers: 1 });
    const { epochs } = await second.fit(data, { epochs: 4, resume: directory });
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expectSameParameters(second, learned(options, data, { epochs: 4 }));
  });
});

function errorOf(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

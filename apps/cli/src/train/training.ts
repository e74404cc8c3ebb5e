// A run of `convoy train`.
import { dirname, join } from 'node:path';
import { take } from '@convoy/datasets';
import { writeSafetensors } from '@convoy/formats';
import { accuracy, modelCosts, softmaxCrossEntropy } from '@convoy/layers';
import { type Callback, checkpoint, createTrainer, csvLog, jsonLinesLog } from '@convoy/trainer';
import type { Context } from '../context.ts';
import { createReporter } from '../reporters/create-reporter.ts';
import type { Reporter, Run, RunSettings } from '../reporters/reporter.ts';
import { type DataParts, loadSplits, partsOf } from '../sources/data-source.ts';
import { findModel, runName } from '../sources/model-source.ts';
import { augmentationsOf } from './augmentation.ts';
import { prepareCheckpointDirectory } from './checkpoint-directory.ts';
import { assertFinite, divergenceStop, inTermsOfTheCommand, unlessDiverged } from './divergence.ts';
import { given } from './given.ts';
import { learningOf } from './learning.ts';
import type { TrainOptions } from './options.ts';
import { prepareDirectory } from './output-directory.ts';
import { sha256Of } from './parameters-sha256.ts';
import { epochOf, resultOf } from './results.ts';

/**
 * Trains, tests after each epoch, and saves the parameters. A fast dev run saves nothing.
 * @throws ConvoyError for bad input before training starts, and for failures, of which CONVOY_NOT_FINITE is training
 * that diverged; an Interruption
 */
export async function train(modelGiven: string, options: TrainOptions, context: Context): Promise<void> {
  const { interruptions, stdout } = context;
  const { signal } = interruptions;
  const { epochs, batchSize, labelSmoothing, seed, workers, simd, checkpoints, resume, fastDevRun = false } = options;
  const createModel = await findModel(modelGiven);
  const modelName = runName(modelGiven);
  const data = await loadData(options);
  const model = createModel(data.train);
  const augment = options.augment === undefined ? undefined : await augmentationsOf(options.augment, data.train);
  const weights = await prepareOutput(modelName, options);
  signal.throwIfAborted();

  const learning = learningOf(options, Math.ceil(data.train.length / batchSize));
  const scored = options.averageDecay === undefined ? 'current' : 'average';
  await using trainer = await createTrainer({
    model,
    loss: softmaxCrossEntropy(given({ labelSmoothing })),
    metrics: [accuracy()],
    optimizer: learning.optimizer,
    batchSize,
    workers,
    simd,
    seed,
  });
  interruptions.hasCheckpoints = checkpoints !== undefined && fastDevRun === false;
  const settings: RunSettings = {
    model: modelName,
    parameters: modelCosts(model).parameters,
    data: options.data,
    trainSamples: data.train.length,
    testSamples: data.test.length,
    epochs,
    batchSize,
    seed,
    learning: learning.settings,
  };
  const reporter = createReporter(stdout, options.json);
  const run = { ...settings, ...(fastDevRun !== false && { epochs: 1 }), workers, simd, ...given({ weights }) };
  try {
    const history = await trainer.fit(data.train, {
      epochs,
      validation: data.test,
      validationWeights: scored,
      callbacks: [reporting(reporter, run), ...logging(options), divergenceStop(), ...checkpointing(options)],
      signal,
      fastDevRun,
      ...given({ augment }),
      ...(resume && given({ resume: checkpoints })),
    });
    const parameters = trainer.parameters(scored);
    assertFinite(history.epochs.at(-1), parameters);
    // The metadata must not differ between workers or machines: the file is as reproducible as the parameters.
    if (weights) await writeSafetensors(weights, parameters, metadataOf(settings));
    const classReport = options.classReport
      ? (await trainer.evaluateClasses(data.test, { signal, weights: scored })).classReport
      : undefined;
    reporter.done({ ...resultOf(history), workers, parametersSha256: sha256Of(parameters), ...given({ classReport }) });
  } catch (error) {
    // The reason is an Interruption, which tells which signal it was; CONVOY_ABORTED does not.
    signal.throwIfAborted();
    throw inTermsOfTheCommand(error);
  } finally {
    reporter.close();
  }
}

async function loadData(options: TrainOptions): Promise<DataParts> {
  const { limit, validationSplit, seed } = options;
  const { train, test } = partsOf(await loadSplits({ ...options, skipsBroken: false }), validationSplit, seed);
  return { train: limit === undefined ? train : take(train, limit), test };
}

/** Makes the directories of the run. Returns the path of the file for the parameters, which a fast dev run does not have. */
async function prepareOutput(modelName: string, options: TrainOptions): Promise<string | undefined> {
  const { out = join('runs', modelName), checkpoints, resume, log, fastDevRun } = options;
  if (fastDevRun !== undefined) return undefined;
  await prepareDirectory(out);
  if (log !== undefined) await prepareDirectory(dirname(log));
  if (checkpoints !== undefined) await prepareCheckpointDirectory(checkpoints, resume);
  return join(out, 'weights.safetensors');
}

const reporting = (reporter: Reporter, run: Omit<Run, 'epochsDone' | 'stepsDone'>): Callback => ({
  onStart: ({ records, step }) => reporter.start({ ...run, epochsDone: records.length, stepsDone: step }),
  onProgress: reporter.progress,
  onEpochEnd: (record) => reporter.epoch(epochOf(record)),
});

function logging({ log: file }: TrainOptions): readonly Callback[] {
  if (file === undefined) return [];
  return [file.endsWith('.csv') ? csvLog({ file }) : jsonLinesLog({ file })];
}

function checkpointing({ checkpoints: directory, checkpointSteps: steps }: TrainOptions): readonly Callback[] {
  if (directory === undefined) return [];
  return [unlessDiverged(checkpoint({ directory, every: steps === undefined ? { epochs: 1 } : { steps } }))];
}

const metadataOf = ({ learning, ...settings }: RunSettings): Record<string, string> =>
  Object.fromEntries(Object.entries({ ...settings, ...learning }).map(([name, value]) => [name, String(value)]));

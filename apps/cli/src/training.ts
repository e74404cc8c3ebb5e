// A training run of the command, from names and options to a file of weights.
import { dirname, join } from 'node:path';
import { take } from '@convoy/datasets';
import { writeSafetensors } from '@convoy/formats';
import { accuracy, type Scores, softmaxCrossEntropy } from '@convoy/layers';
import { ConvoyError } from '@convoy/tensor';
import {
  type Callback,
  checkpoint,
  createTrainer,
  csvLog,
  type EpochRecord,
  type History,
  jsonLinesLog,
} from '@convoy/trainer';
import { prepareCheckpoints } from './checkpoints.ts';
import { type DataParts, loadDataset } from './datasets.ts';
import type { Interruptions } from './interruption.ts';
import { findModel, runName } from './model-source.ts';
import { prepareDirectory } from './output-directory.ts';
import { sha256Of } from './parameters-sha256.ts';
import { optimizerOf, recipeOf } from './recipe.ts';
import { createReporter } from './reporters/create-reporter.ts';
import type { Epoch, Reporter, Result, Run } from './reporters/reporter.ts';
import type { TrainOptions } from './train-options.ts';

/**
 * Trains, tests after each epoch, and saves the weights; with checkpoints on the way, if asked. A fast dev run saves nothing.
 * @throws ConvoyError for bad input, before anything is trained, and for failures; an Interruption
 */
export async function train(modelGiven: string, options: TrainOptions, interruptions: Interruptions): Promise<void> {
  const { signal } = interruptions;
  const { workers, simd, checkpoints, resume, fastDevRun = false } = options;
  const createModel = await findModel(modelGiven);
  const modelName = runName(modelGiven);
  const data = await loadData(options);
  const model = createModel(data.train);
  const weights = await prepareOutput(modelName, options);
  signal.throwIfAborted();

  const recipe = recipeOf(modelName, model, data, options);
  const { epochs, batchSize, labelSmoothing = 0, seed } = recipe;
  const scored = recipe.average === undefined ? 'current' : 'average';
  await using trainer = await createTrainer({
    model,
    loss: softmaxCrossEntropy({ labelSmoothing }),
    metrics: [accuracy()],
    optimizer: optimizerOf(recipe, Math.ceil(data.train.length / batchSize)),
    batchSize,
    workers,
    simd,
    seed,
  });
  interruptions.hasCheckpoints = checkpoints !== undefined && fastDevRun === false;
  const reporter = createReporter(options.json);
  const run = { ...recipe, ...(fastDevRun !== false && { epochs: 1 }), workers, simd, ...(weights && { weights }) };
  try {
    const history = await trainer.fit(data.train, {
      epochs,
      validation: data.test,
      validationWeights: scored,
      callbacks: [reporting(reporter, run), ...logging(options), ...checkpointing(options)],
      signal,
      fastDevRun,
      ...(resume && checkpoints !== undefined && { resume: checkpoints }),
    });
    const parameters = trainer.parameters(scored);
    // Nothing that differs between workers or machines: the file is as reproducible as the parameters.
    if (weights) await writeSafetensors(weights, parameters, textsOf(recipe));
    const report =
      options.report && (await trainer.evaluateClasses(data.test, { signal, weights: scored })).classReport;
    reporter.done({
      ...resultOf(history, workers, sha256Of(parameters)),
      ...(report && { classReport: report }),
    });
  } catch (error) {
    // The reason tells more than CONVOY_ABORTED does: which signal it was.
    signal.throwIfAborted();
    throw error;
  } finally {
    reporter.close();
  }
}

/** Makes the directories of the run; returns the path of the weights. A fast dev run has none. */
async function prepareOutput(modelName: string, options: TrainOptions): Promise<string | undefined> {
  const { out = join('runs', modelName), checkpoints, resume, log, fastDevRun } = options;
  if (fastDevRun !== undefined) return undefined;
  await prepareDirectory(out);
  if (log !== undefined) await prepareDirectory(dirname(log));
  if (checkpoints !== undefined) await prepareCheckpoints(checkpoints, resume);
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
  return [checkpoint({ directory, every: steps === undefined ? { epochs: 1 } : { steps } })];
}

async function loadData({ data, dataDir, limit, batchSize }: TrainOptions): Promise<DataParts> {
  const { train, test } = await loadDataset(data, dataDir);
  const limited = limit === undefined ? train : take(train, limit);
  if (batchSize <= limited.length) return { train: limited, test };
  throw new ConvoyError('CONVOY_DATASET_TOO_SMALL', {
    given: `--batch-size ${batchSize} with ${limited.length} samples to train on`,
    expected: 'at least one full batch',
    fix: `Pass --batch-size ${limited.length} or less.`,
  });
}

const textsOf = (fields: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

function epochOf({ epoch, scores, validation, seconds, samplesPerSecond }: EpochRecord): Epoch {
  const { loss, accuracy = Number.NaN } = scores;
  return { epoch, loss, accuracy, ...testScores(validation), seconds, samplesPerSecond };
}

function resultOf({ epochs, seconds, samplesPerSecond }: History, workers: number, parametersSha256: string): Result {
  return { ...testScores(epochs.at(-1)?.validation), samplesPerSecond, seconds, workers, parametersSha256 };
}

function testScores({ loss, accuracy = Number.NaN }: Scores = { loss: Number.NaN }) {
  return { testAccuracy: accuracy, testLoss: loss };
}

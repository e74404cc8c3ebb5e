// Models from modules: a module exports `model`, which is a model or a function that makes one.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import type { Dataset } from '@convoy/datasets';
import { type Model, summary } from '@convoy/layers';
import { ConvoyError, describeValue, type ErrorDetails, errorMessage, fileError } from '@convoy/tensor/errors';
import { faultOfModel } from './model-schema.ts';

/** Makes a model for the data, or without data the model for the samples that it was designed for. */
export type ModelSource = (data?: Dataset) => Model;

/** The argument of a function that makes a model. */
interface ModelRequest {
  /** The shape of one sample. */
  readonly input: Dataset['sampleShape'];
  /** Undefined if the targets are numbers. */
  readonly classes: number | undefined;
}

/**
 * Loads the module.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE; CONVOY_FILE_FORMAT if the module cannot be loaded
 * or does not export a model, which the returned function may throw too; any ConvoyError that the module throws
 */
export async function loadModelModule(path: string): Promise<ModelSource> {
  await assertFile(path);
  const exported = await load(path);
  if (!('model' in exported)) throw unsuitable(path, `exports ${namesOf(exported)}`);
  const { model } = exported;
  if (typeof model === 'function')
    return (data) => checked(path, make(path, model as (request: object) => unknown, data));
  return () => checked(path, model);
}

/** Node loads directories and pipes in ways of its own: it reads a pipe until somebody closes it. */
async function assertFile(path: string): Promise<void> {
  const entry = await stat(path).catch((cause) => Promise.reject(fileError('read', path, cause)));
  if (entry.isFile()) return;
  throw new ConvoyError('CONVOY_FILE_UNREADABLE', {
    given: `the path ${JSON.stringify(path)}, which is ${entry.isDirectory() ? 'a directory' : 'not a regular file'}`,
    expected: 'the file of a module',
    fix: 'Correct the path, or choose another.',
  });
}

async function load(path: string): Promise<object> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    throw cause instanceof ConvoyError ? cause : failed(path, 'cannot be loaded', LOADING, cause);
  }
}

function make(path: string, model: (request: object) => unknown, data: Dataset | undefined): unknown {
  if (!data) throw withoutData(path);
  const { sampleShape: input, targets } = data;
  const request: ModelRequest = { input, classes: targets.kind === 'labels' ? targets.classes : undefined };
  return tried(path, 'fails to make its model', () => model(request));
}

function tried<T>(path: string, failure: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw cause instanceof ConvoyError ? cause : failed(path, failure, MAKING, cause);
  }
}

function checked(path: string, model: unknown): Model {
  if (types.isPromise(model)) {
    throw unsuitable(path, 'has a promise as its model', 'Await it: export const model = await makeModel(…).');
  }
  const isObject = typeof model === 'object' && model !== null && !Array.isArray(model);
  if (!isObject) throw unsuitable(path, `has ${describeValue(model)} as its model`);
  const fault = tried(path, 'has a model that cannot be read', () => faultOfModel(model));
  if (fault !== undefined) throw unsuitable(path, `has an object as its model whose ${fault} is not that of a model`);
  // Properties can have the right types and still not fit together.
  tried(path, 'has a model that cannot be compiled', () => summary(model as Model));
  return model as Model;
}

const namesOf = (exported: object): string => Object.keys(exported).join(', ') || 'nothing';

const unsuitable = (
  path: string,
  fault: string,
  fix = 'Write for example export const model = sequential({ input: [1, 28, 28] }, […]).',
): ConvoyError =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the module ${JSON.stringify(path)}, which ${fault}`,
    expected: 'an export named model: a model, or a function ({ input, classes }) that returns one',
    fix,
  });

const withoutData = (path: string): ConvoyError =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `the module ${JSON.stringify(path)}, whose model is a function of the data, and no --data`,
    expected: 'both',
    fix: 'Pass --data <set> with the name of a data set.',
  });

type Remedy = Pick<ErrorDetails, 'expected' | 'fix'>;

const LOADING: Remedy = {
  expected: `a module that Node ${process.versions.node} can load`,
  fix: 'Correct the module. TypeScript needs Node 22.18 or newer, and its imports must be installed in its project.',
};

const MAKING: Remedy = {
  expected: 'a model whose parts fit together, as sequential and graph make it',
  fix: 'Correct the module.',
};

function failed(path: string, what: string, remedy: Remedy, cause: unknown): ConvoyError {
  const [reason] = errorMessage(cause).split('\n');
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the module ${JSON.stringify(path)}, which ${what} (${reason})`,
    ...remedy,
    cause,
  });
}

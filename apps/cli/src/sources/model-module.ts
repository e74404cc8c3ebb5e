// Models from modules: a module exports `model`, which is a model or a function that makes one.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Dataset } from '@convoy/datasets';
import type { Model } from '@convoy/layers';
import { ConvoyError, describeValue, errorMessage, fileError } from '@convoy/tensor/errors';

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
  await stat(path).catch((cause) => Promise.reject(fileError('read', path, cause)));
  const exported = await load(path);
  if (!('model' in exported)) throw unsuitable(path, `exports ${namesOf(exported)}`);
  const { model } = exported;
  if (typeof model === 'function')
    return (data) => checked(path, make(path, model as (request: object) => unknown, data));
  return () => checked(path, model);
}

async function load(path: string): Promise<object> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    throw cause instanceof ConvoyError ? cause : failed(path, 'cannot be loaded', cause);
  }
}

function make(path: string, model: (request: object) => unknown, data: Dataset | undefined): unknown {
  if (!data) throw withoutData(path);
  const { sampleShape: input, targets } = data;
  const request: ModelRequest = { input, classes: targets.kind === 'labels' ? targets.classes : undefined };
  try {
    return model(request);
  } catch (cause) {
    throw cause instanceof ConvoyError ? cause : failed(path, 'fails to make its model', cause);
  }
}

function checked(path: string, model: unknown): Model {
  const { input, layers, outputs } = (model ?? {}) as Partial<Model>;
  if ([input, layers, outputs].every(Array.isArray)) return model as Model;
  throw unsuitable(path, `has ${describeValue(model)} as its model`);
}

const namesOf = (exported: object): string => Object.keys(exported).join(', ') || 'nothing';

const unsuitable = (path: string, fault: string): ConvoyError =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the module ${JSON.stringify(path)}, which ${fault}`,
    expected: 'an export named model: a model, or a function ({ input, classes }) that returns one',
    fix: 'Write for example export const model = sequential({ input: [1, 28, 28] }, […]).',
  });

const withoutData = (path: string): ConvoyError =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `the module ${JSON.stringify(path)}, whose model is a function of the data, and no --data`,
    expected: 'both',
    fix: 'Pass --data <set> with the name of a data set.',
  });

function failed(path: string, what: string, cause: unknown): ConvoyError {
  const [reason] = errorMessage(cause).split('\n');
  return new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the module ${JSON.stringify(path)}, which ${what} (${reason})`,
    expected: `a module that Node ${process.versions.node} can load`,
    fix: 'Correct the module. TypeScript needs Node 22.18 or newer, and its imports must be installed in its project.',
    cause,
  });
}

// Finds the model that a command line names: a model with a name, or a module.
import { basename } from 'node:path';
import { loadModelModule, type ModelSource } from './model-module.ts';
import { assertModel, createModel, createModelFor } from './named-models.ts';

/** What the help says about it. */
export const MODEL_ARGUMENT =
  'the name of a model (convoy models lists them), or the path of a module (.js, .mjs, .ts) ' +
  'that exports model: a model, or a function ({ input, classes }) that returns one';

const MODULE = /\.[cm]?[jt]s$/;

/** @throws ConvoyError CONVOY_UNKNOWN_NAME, and the errors of `loadModelModule` */
export async function findModel(name: string): Promise<ModelSource> {
  if (MODULE.test(name)) return loadModelModule(name);
  assertModel(name);
  return (data) => (data === undefined ? createModel(name) : createModelFor(data, name));
}

/** The name of the model in the output of a run; for a module, its file name without the extension. */
export const runName = (name: string): string => basename(name).replace(MODULE, '');

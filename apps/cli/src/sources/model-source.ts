// Finds the model that a command line names: a model with a name, or a module.
import { basename } from 'node:path';
import { ConvoyError, describeValue } from '@convoy/tensor/errors';
import { loadModelModule, type ModelSource } from './model-module.ts';
import { assertModel, createModel, createModelFor } from './named-models.ts';

const MODULE = /\.[cm]?[jt]s$/;

/** @throws ConvoyError CONVOY_UNKNOWN_NAME, and the errors of `loadModelModule` */
export async function findModel(name: string): Promise<ModelSource> {
  if (MODULE.test(name)) return loadModelModule(name);
  if (/[/\\.]/.test(name)) throw notAModule(name);
  assertModel(name);
  return (data) => (data === undefined ? createModel(name) : createModelFor(data, name));
}

/** The names of models have neither slashes nor dots. */
const notAModule = (path: string): ConvoyError =>
  new ConvoyError('CONVOY_UNKNOWN_NAME', {
    given: `the model ${describeValue(path)}`,
    expected: 'the name of a model, or the path of a module that ends with .js, .mjs, .cjs, .ts, .mts or .cts',
    fix: 'Write a module that exports model; convoy models lists the names.',
  });

/** The name of the model in the output of a run; for a module, its file name without the extension. */
export const runName = (name: string): string => basename(name).replace(MODULE, '');

// What the command is told to train: a model by its name, or a module.
import { basename } from 'node:path';
import { loadModelModule, type ModelSource } from './model-module.ts';
import { assertModel, createModel, createModelFor } from './models.ts';

const MODULE = /\.[cm]?[jt]s$/;

/** @throws ConvoyError CONVOY_UNKNOWN_NAME, and what loading a module throws */
export async function findModel(name: string): Promise<ModelSource> {
  if (MODULE.test(name)) return loadModelModule(name);
  assertModel(name);
  return (data) => (data === undefined ? createModel(name) : createModelFor(data, name));
}

/** What runs of the model are called: of a module, its file without the ending. */
export const runName = (name: string): string => basename(name).replace(MODULE, '');

// The files of checkpoints: their names, and what a directory has of them. Looking changes nothing.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readParts } from '@convoy/formats/parts';
import { fileError } from '@convoy/tensor/errors';
import { decodeSnapshot } from './encoding.ts';
import type { TrainingSnapshot } from './snapshot.ts';

export const BEST_FILE = 'best.safetensors';
const STEP = /^step-(\d{9,})\.safetensors$/;

/** The name of the checkpoint of a step. Nine digits, so that names sort like steps up to the first billion steps. */
export const stepFile = (step: number): string => `step-${String(step).padStart(9, '0')}.safetensors`;

/**
 * The steps of the checkpoints in a directory, in rising order.
 * @throws ConvoyError CONVOY_FILE_UNREADABLE, CONVOY_FILE_NOT_FOUND
 */
export async function stepsIn(directory: string): Promise<number[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause) =>
    Promise.reject(fileError('read', directory, cause)),
  );
  const steps = entries.flatMap((entry) => {
    const step = Number(STEP.exec(entry.name)?.[1]);
    return entry.isFile() && entry.name === stepFile(step) ? [step] : [];
  });
  return steps.sort((a, b) => a - b);
}

/**
 * The path of the checkpoint with the highest step, if there is one.
 * @throws ConvoyError as `stepsIn`
 */
export async function latestCheckpoint(directory: string): Promise<string | undefined> {
  const step = (await stepsIn(directory)).at(-1);
  return step === undefined ? undefined : join(directory, stepFile(step));
}

/**
 * Reads a checkpoint, completely or not at all.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT, CONVOY_OUT_OF_MEMORY
 */
export const loadCheckpoint = async (path: string): Promise<TrainingSnapshot> =>
  decodeSnapshot(await readParts(path), `the file ${JSON.stringify(path)}`);

/** @throws ConvoyError CONVOY_FILE_UNWRITABLE */
export const removeFile = (path: string): Promise<void> =>
  rm(path, { force: true }).catch((cause) => Promise.reject(fileError('write', path, cause)));

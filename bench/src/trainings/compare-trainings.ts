// Compares ways to train: first their parameters, which must be the same, then their speed.
import { createHash } from 'node:crypto';
import { type Measurement, measure } from '../measuring/measurement.ts';
import { type Effort, type Round, timeInRounds } from '../measuring/rounds.ts';
import type { Training } from './training.ts';

/**
 * Rehearses all trainings, then times them.
 * @throws Error if trainings of one group have different parameters after the same steps, or parameters that are not finite at the end
 */
export async function compareTrainings(trainings: readonly Training[], effort: Effort) {
  const hash = createHash('sha256');
  for (const [group, members] of byGroup(trainings)) hash.update(await rehearse(group, members));
  const results = await timeInRounds(trainings, effort);
  const measurements = trainings.map((training, i): Measurement => {
    fingerprint(training);
    return measure(training, { unit: 'samples/s', amount: training.samples }, results[i] as readonly Round[]);
  });
  return { measurements, checksum: hash.digest('hex') };
}

function byGroup(trainings: readonly Training[]): ReadonlyMap<string, readonly Training[]> {
  const groups = new Map<string, Training[]>();
  for (const training of trainings) groups.set(training.group, [...(groups.get(training.group) ?? []), training]);
  return groups;
}

/** Trains all members of a group for one epoch. @returns the fingerprint of their parameters */
async function rehearse(group: string, members: readonly Training[]): Promise<string> {
  const fingerprints = new Map<string, string>();
  for (const training of members) {
    await training.rehearse();
    fingerprints.set(fingerprint(training), training.name);
  }
  const [[first] = ['']] = fingerprints;
  if (fingerprints.size <= 1) return first;
  throw new Error(`${group}: the same steps gave different parameters to ${[...fingerprints.values()].join(' and ')}.`);
}

/** SHA-256 of all parameters in the order of the model. */
function fingerprint({ group, name, parameters }: Training): string {
  const hash = createHash('sha256');
  for (const [parameter, { data }] of parameters()) {
    if (!data.every(Number.isFinite)) throw new Error(`${group}, ${name}: parameter '${parameter}' is not finite.`);
    hash.update(data);
  }
  return hash.digest('hex');
}

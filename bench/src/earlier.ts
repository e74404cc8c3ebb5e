// Comparing with a report that was written earlier.
import { readFile } from 'node:fs/promises';
import type { Environment } from './environment.ts';
import type { Measurement, SuiteReport } from './measurement.ts';

/** What `--json` wrote, as far as it is compared. */
export interface EarlierReport {
  readonly environment: Environment;
  readonly suites: Readonly<Record<string, SuiteReport | undefined>>;
}

/** A measurement now and then. */
export interface Change {
  /** The median now over the median then. */
  readonly ratio: number;
  /** How far the rounds lie apart, of the noisier of the two. */
  readonly noise: number;
}

/** @throws Error if the file holds something else */
export async function readEarlier(path: string): Promise<EarlierReport> {
  const report: Partial<EarlierReport> | null = JSON.parse(await readFile(path, 'utf8'));
  if (report?.environment && report.suites) return { environment: report.environment, suites: report.suites };
  throw new Error(`${path} has no report in it: write one with --json.`);
}

/** By the same group and name in the earlier report; null where it has none, or in another unit. */
export function changeOf(now: Measurement, earlier: SuiteReport): Change | null {
  const then = earlier.measurements.find(({ group, name }) => group === now.group && name === now.name);
  if (!then || then.unit !== now.unit) return null;
  return { ratio: now.median / then.median, noise: Math.max(now.noise, then.noise) };
}

/** `1.25`, or `~1.02` for what is within the noise; nothing for null. */
export function formatChange(change: Change | null): string {
  if (!change) return '';
  const { ratio, noise } = change;
  const isNoise = Math.abs(ratio - 1) <= noise;
  return `${isNoise ? '~' : ''}${ratio.toFixed(2)}`;
}

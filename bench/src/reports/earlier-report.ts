// Compares a report with one that was written earlier.
import { readFile } from 'node:fs/promises';
import type { Environment } from '../measuring/environment.ts';
import type { Measurement, SuiteReport } from '../measuring/measurement.ts';

/** The part of a document from `--json` that is compared. */
export interface EarlierReport {
  readonly environment: Environment;
  readonly suites: Readonly<Record<string, SuiteReport | undefined>>;
}

/** A measurement compared with an earlier one. */
export interface Change {
  /** The median now divided by the median then. */
  readonly ratio: number;
  /** The noise of the noisier of the two. */
  readonly noise: number;
}

/** @throws Error if the file is not a report */
export async function readEarlier(path: string): Promise<EarlierReport> {
  const report: Partial<EarlierReport> | null = JSON.parse(await readFile(path, 'utf8'));
  if (report?.environment && report.suites) return { environment: report.environment, suites: report.suites };
  throw new Error(`Given ${path}; expected a report. Write one with --json.`);
}

/** The change of a measurement with the same group, name and unit; null if the earlier report has none. */
export function changeOf(now: Measurement, earlier: SuiteReport): Change | null {
  const then = earlier.measurements.find(({ group, name }) => group === now.group && name === now.name);
  if (!then || then.unit !== now.unit) return null;
  return { ratio: now.median / then.median, noise: Math.max(now.noise, then.noise) };
}

/** `1.25`, or `~1.02` for a change within the noise; empty for null. */
export function formatChange(change: Change | null): string {
  if (!change) return '';
  const { ratio, noise } = change;
  const isNoise = Math.abs(ratio - 1) <= noise;
  return `${isNoise ? '~' : ''}${ratio.toFixed(2)}`;
}

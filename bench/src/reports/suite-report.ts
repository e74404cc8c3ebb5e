// The report of a suite as text.
import { formatTable } from '@convoy/tensor/table';

import type { Environment } from '../measuring/environment.ts';
import { type Measurement, median, type SuiteReport } from '../measuring/measurement.ts';
import { changeOf, formatChange } from './earlier-report.ts';
import { formatFigure, formatShare } from './figures.ts';

export function formatEnvironment({ node, v8, cpu, cores, platform }: Environment): string {
  return `Node ${node}, V8 ${v8}, ${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, ${platform}`;
}

/** A table with a heading, and a last line about the noise. */
export function formatSuite(report: SuiteReport, earlier?: SuiteReport): string {
  const { title, relativeTo, measurements, checksum } = report;
  const columns = [
    ...['', 'median', 'best', 'p99', 'unit', '±', 'noise'],
    ...(relativeTo ? [relativeTo] : []),
    ...(earlier ? ['× earlier'] : []),
  ];
  const rows = measurements.map((measurement) => [
    ...cellsOf(measurement),
    ...(relativeTo ? [measurement.relative?.toFixed(2) ?? ''] : []),
    ...(earlier ? [formatChange(changeOf(measurement, earlier))] : []),
  ]);
  return [
    title,
    // Names and units are aligned to the left.
    formatTable([columns, ...rows], { header: 1, left: [0, 4] }),
    noiseOf(measurements),
    `checksum ${checksum.slice(0, 16)}`,
  ].join('\n');
}

function cellsOf({ group, name, unit, median: middle, best, p99, margin, noise }: Measurement): readonly string[] {
  return [
    `${group}, ${name}`,
    formatFigure(middle),
    formatFigure(best),
    formatFigure(p99),
    unit,
    formatShare(margin),
    formatShare(noise),
  ];
}

function noiseOf(measurements: readonly Measurement[]): string {
  const noises = measurements.map(({ noise }) => noise);
  const rounds = measurements[0]?.rounds.length ?? 0;
  return `${rounds} rounds; noise: median ${formatShare(median(noises))}, maximum ${formatShare(Math.max(...noises))}`;
}

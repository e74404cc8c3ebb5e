// The outcomes of a side-by-side run as text.
import { formatTable } from '@convoy/tensor/table';

import { type Failure, fastestOf, isResult, type Outcome, type Result, ratioOf } from '../peers/comparison.ts';
import { CONVOY } from '../peers/contenders/contenders.ts';
import { formatFigure, formatMegabytes, formatShare } from './figures.ts';

/** The outcomes of one workload, in the order of the contenders. */
export interface PeerReport {
  readonly workload: string;
  readonly batchSize: number;
  readonly outcomes: readonly Outcome[];
}

/** One line per contender: its figures, and how many times as fast each contender of Convoy is. */
export function formatPeerReport({ workload, batchSize, outcomes }: PeerReport): string {
  const results = outcomes.filter(isResult);
  const convoys = results.filter(({ system }) => system === CONVOY);
  const fastest = new Set(fastestOf(outcomes).values());
  const heading = [
    '',
    'batch',
    'samples/s',
    'best',
    'noise',
    'peak MB',
    'losses',
    ...convoys.map(({ name }) => `${name} ÷`),
  ];
  const rows = results.map((result) => [
    `${fastest.has(result) ? '*' : ' '} ${result.name}`,
    ...figuresOf(result),
    ...convoys.map((convoy) => formatFigure(ratioOf(convoy, result))),
  ]);
  return [
    `${workload}, batch ${batchSize}`,
    formatTable([heading, ...rows], { header: 1 }),
    `* the fastest of its framework: ${[...fastest].map(({ version }) => version).join('; ')}`,
    ...outcomes.filter((outcome): outcome is Failure => !isResult(outcome)).map(formatFailure),
  ].join('\n');
}

const figuresOf = ({ batchSize, median, best, noise, peakBytes, lossDifference }: Result): readonly string[] => [
  `${batchSize}`,
  formatFigure(median),
  formatFigure(best),
  formatShare(noise),
  peakBytes === null ? '?' : formatMegabytes(peakBytes),
  lossDifference.toExponential(0),
];

const formatFailure = ({ name, cannot }: Failure): string => `  ${name} cannot: ${cannot}`;

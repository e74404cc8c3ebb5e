// What a side-by-side run found, as text for people.
import { formatFigure, formatMegabytes, formatShare, formatTable } from '../table.ts';
import { type Failure, fastestOf, isResult, type Outcome, type Result, ratioOf } from './comparison.ts';
import { CONVOY } from './contenders.ts';

/** A workload's outcomes, in the order of the contenders. */
export interface PeerReport {
  readonly workload: string;
  readonly batchSize: number;
  readonly outcomes: readonly Outcome[];
}

/** A line for each contender: its figures, and how many times as fast each of ours is. */
export function formatPeerReport({ workload, batchSize, outcomes }: PeerReport): string {
  const results = outcomes.filter(isResult);
  const ours = results.filter(({ system }) => system === CONVOY);
  const fastest = new Set(fastestOf(outcomes).values());
  const heading = [
    '',
    'batch',
    'samples/s',
    'best',
    'noise',
    'peak MB',
    'losses',
    ...ours.map(({ name }) => `${name} ÷`),
  ];
  const rows = results.map((result) => [
    `${fastest.has(result) ? '*' : ' '} ${result.name}`,
    ...figuresOf(result),
    ...ours.map((our) => formatFigure(ratioOf(our, result))),
  ]);
  return [
    `${workload}, batch ${batchSize}`,
    ...formatTable(heading, rows, [0]),
    `* the fastest of its system: ${[...fastest].map(({ version }) => version).join('; ')}`,
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

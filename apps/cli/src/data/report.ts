// What `convoy data` tells about a data set.
import { type Dataset, type DatasetSplits, duplicatesBetween, type Statistics, statistics } from '@convoy/datasets';
import { type ConvoyError, describeValue } from '@convoy/tensor/errors';
import { formatTable } from '@convoy/tensor/table';

/** A file that cannot be read. */
interface BrokenFile {
  readonly path: string;
  readonly error: ConvoyError;
}

/** Longer lists of files and samples are cut. */
const MAX_LISTED = 10;

/** Counts, shapes, classes, statistics, broken files, and samples that occur in several parts. */
export async function reportOf(splits: DatasetSplits & { readonly skipped?: readonly BrokenFile[] }): Promise<string> {
  const parts = Object.entries(splits).filter(([name]) => name !== 'skipped') as [string, Dataset][];
  const known = new Map<string, Statistics>();
  for (const [name, dataset] of parts) known.set(name, await statistics(dataset));
  const { train } = splits;
  return [
    formatTable([['part', 'samples', 'shape'], ...parts.map(partRow)], { header: 1, left: [0, 2] }),
    classTable(train, [...known]),
    channelTable(known.get('train') as Statistics),
    brokenText(splits.skipped ?? []),
    await duplicateText(parts),
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

const partRow = ([name, { length, sampleShape }]: [string, Dataset]): readonly string[] => [
  name,
  whole(length),
  `[${sampleShape.join(', ')}]`,
];

/** The number of samples of each class in each part. */
function classTable({ targets }: Dataset, known: readonly [string, Statistics][]): string {
  if (targets.kind !== 'labels') return `Targets: values of shape [${targets.shape.join(', ')}]`;
  const { classes, classNames } = targets;
  const rows = Array.from({ length: classes }, (_, label) => [
    classNames?.[label] ?? String(label),
    ...known.map(([, { counts }]) => whole(counts?.[label] ?? 0)),
  ]);
  return formatTable([['class', ...known.map(([name]) => name)], ...rows], { header: 1, left: [0] });
}

function channelTable({ mean, std }: Statistics): string {
  const rows = mean.map((value, channel) => [String(channel), value.toFixed(4), (std[channel] as number).toFixed(4)]);
  return formatTable([['channel', 'mean', 'std'], ...rows], { header: 1 });
}

function brokenText(broken: readonly BrokenFile[]): string {
  if (broken.length === 0) return '';
  const lines = broken.slice(0, MAX_LISTED).map(({ path, error }) => `  ${path}: ${error.given}`);
  return [`${whole(broken.length)} files that cannot be read:`, ...lines, ...more(broken.length)].join('\n');
}

async function duplicateText(parts: readonly [string, Dataset][]): Promise<string> {
  if (parts.length < 2) return '';
  const found = await duplicatesBetween(Object.fromEntries(parts));
  if (found.length === 0) return 'No sample occurs in several parts.';
  const lines = found
    .slice(0, MAX_LISTED)
    .map((numbers) =>
      Object.entries(numbers)
        .map(([part, samples]) => `${part} ${describeValue(samples)}`)
        .join(', '),
    )
    .map((line) => `  ${line}`);
  return [`${whole(found.length)} samples occur in several parts:`, ...lines, ...more(found.length)].join('\n');
}

const more = (count: number): readonly string[] => (count > MAX_LISTED ? [`  and ${count - MAX_LISTED} more`] : []);

const whole = (count: number): string => count.toLocaleString('en-US');

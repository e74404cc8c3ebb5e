// Samples that occur in several parts of a data set: a model is then tested with what it was trained on.
import { createHash } from 'node:crypto';
import { ConvoyError, formatShape } from '@convoy/tensor';
import { isObject } from '@convoy/tensor/builtins';
import { describeValue } from '@convoy/tensor/errors';
import type { Dataset } from '../dataset/dataset.ts';
import { checkDataset } from '../dataset/dataset-checks.ts';
import { elementOf } from '../dataset/source.ts';
import { forEachSample } from './statistics.ts';

/** The numbers of the samples that are equal, by part. */
export type Duplicate = Readonly<Record<string, readonly number[]>>;

/**
 * The samples that occur in more than one part, whatever their targets, in the order of the first part. Samples are
 * equal if all their numbers are, which their SHA-256 tells. Takes about 100 bytes of memory for each sample.
 *
 * ```ts
 * const duplicates = await duplicatesBetween(await mnist()); // [{ train: [7], test: [1, 4] }, …]
 * ```
 * @param parts data sets by name, such as `{ train, test }`
 * @throws ConvoyError CONVOY_INVALID_DATA, and the errors of the reader
 */
export async function duplicatesBetween(
  parts: Readonly<Record<string, Dataset>> | object,
): Promise<readonly Duplicate[]> {
  const byHash = new Map<string, Map<string, number[]>>();
  for (const [name, part] of checkedParts(parts)) {
    await forEachSample(part, (numbers, index) => {
      const hash = createHash('sha256').update(numbers).digest('base64');
      const found = byHash.get(hash);
      if (found === undefined) byHash.set(hash, new Map([[name, [index]]]));
      else if (found.has(name)) found.get(name)?.push(index);
      else found.set(name, [index]);
    });
  }
  return [...byHash.values()].filter((found) => found.size > 1).map((found) => Object.fromEntries(found));
}

function checkedParts(parts: unknown): readonly (readonly [string, Dataset])[] {
  if (!isObject(parts) || Array.isArray(parts) || 'source' in parts) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `${describeValue(parts)} as parts`,
      expected: 'data sets by name',
      fix: 'Pass for example { train, test }.',
    });
  }
  const named = Object.entries(parts)
    .filter(([, part]) => part !== undefined)
    .map(([name, part]) => [name, checkDataset(name, part)] as const);
  const formOf = ({ sampleShape, source }: Dataset) =>
    `${elementOf(source)} samples of shape ${formatShape(sampleShape)}`;
  const [first] = named;
  const other = named.find(([, part]) => first && formOf(part) !== formOf(first[1]));
  if (first === undefined || other === undefined) return named;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${formOf(other[1])} in ${other[0]}`,
    expected: `${formOf(first[1])}, as in ${first[0]}`,
    fix: 'Read all parts with the same options.',
  });
}

// Parquet files of images, written by Apache Arrow's Rust implementation.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load } from '../../src/dataset/load.ts';
import { parquet } from '../../src/readers/parquet.ts';
import { goldenFile } from '../golden-file.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

const root = temporaryDirectory();
const [hub, plain] = [goldenFile('hub.parquet'), goldenFile('plain.parquet')];
const expected: Record<string, { pixels: number[] }> = JSON.parse(
  readFileSync(goldenFile('images/expected.json'), 'utf8'),
);
const planes = (name: string) => {
  const pixels = expected[name]?.pixels ?? [];
  return Array.from({ length: 3 * 54 }, (_, i) => pixels[(i % 54) * 3 + Math.floor(i / 54)]);
};
const labelsOf = ({ targets }: { targets: unknown }) => [...(targets as { labels: Int32Array }).labels];

describe('parquet', () => {
  it('reads structs of images from several row groups, with the names of the classes', async () => {
    const data = await parquet(hub);
    expect(data).toMatchObject({ length: 3, sampleShape: [3, 6, 9] });
    expect(data.targets).toMatchObject({ classes: 2, classNames: ['cat', 'dog'] });
    expect(labelsOf(data)).toEqual([1, 0, 1]);
    expect([...(await load(data)).source.samples]).toEqual(['rgb.png', 'gray.png', 'rgb.png'].flatMap(planes));
  });

  it('reads bytes of images, and labels that are names', async () => {
    const data = await parquet(plain, { image: 'png', label: 'kind' });
    expect(data.targets).toMatchObject({ classes: 2, classNames: ['ant', 'zebra'] });
    expect(labelsOf(data)).toEqual([1, 0]);
    expect([...(await load(data)).source.samples]).toEqual(['gray.png', 'rgb.png'].flatMap(planes));
  });

  it('reads several files, in their order', async () => {
    const data = await parquet([hub, hub], { size: 4, channels: 1, classNames: ['a', 'b', 'c'] });
    expect(data).toMatchObject({ length: 6, sampleShape: [1, 4, 4] });
    expect(data.targets).toMatchObject({ classes: 3 });
    expect(labelsOf(data)).toEqual([1, 0, 1, 1, 0, 1]);
  });

  it('needs a file', async () => {
    await expect(parquet([])).rejects.toMatchObject({ code: 'CONVOY_FILE_FORMAT', given: 'no path' });
  });

  it.each<[path: () => string, options: object, code: string, given: RegExp]>([
    [() => join(root, 'none.parquet'), {}, 'CONVOY_FILE_NOT_FOUND', /none\.parquet/],
    [() => root, {}, 'CONVOY_FILE_UNREADABLE', /directory/],
    [() => goldenFile('iris.csv'), {}, 'CONVOY_FILE_FORMAT', /cannot be read/],
    [() => plain, {}, 'CONVOY_UNKNOWN_NAME', /^the column "image" of the file/],
    [() => plain, { image: 'kind', label: 'kind' }, 'CONVOY_INVALID_DATA', /^"zebra" as the image in row 0/],
    [() => hub, { label: 'image' }, 'CONVOY_INVALID_LABEL', /as the label in row 0/],
    [() => hub, { classNames: ['only'] }, 'CONVOY_INVALID_LABEL', /^the label 1 in row 0$/],
    [() => hub, { columns: [] }, 'CONVOY_INVALID_OPTION', /^the option "columns"/],
    [
      () => {
        const path = join(root, 'cut.parquet');
        writeFileSync(path, readFileSync(hub).subarray(0, 2000));
        return path;
      },
      {},
      'CONVOY_FILE_FORMAT',
      /cut\.parquet/,
    ],
  ])('%s with %j is rejected with %s', async (path, options, code, given) => {
    await expect(parquet(path(), options)).rejects.toMatchObject({ code, given: expect.stringMatching(given) });
  });
});

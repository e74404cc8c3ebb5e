// Tables with the paths of images.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { load } from '../../src/dataset/load.ts';
import { csvImages } from '../../src/readers/csv-images.ts';
import { goldenFile } from '../golden-file.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

const root = temporaryDirectory();
const table = goldenFile('images.csv');
const columns = { image: 'file', label: 'kind' };
const expected: Record<string, { pixels: number[] }> = JSON.parse(
  readFileSync(goldenFile('images/expected.json'), 'utf8'),
);
const planes = (name: string) => {
  const pixels = expected[name]?.pixels ?? [];
  return Array.from({ length: 3 * 54 }, (_, i) => pixels[(i % 54) * 3 + Math.floor(i / 54)]);
};

/** A table of these lines. */
function tableOf(...lines: readonly string[]): string {
  const path = join(root, 'table.csv');
  writeFileSync(path, lines.join('\n'));
  return path;
}

describe('csvImages', () => {
  it('reads the images beside the table, with names of classes', async () => {
    const data = await csvImages(table, columns);
    expect(data).toMatchObject({ length: 3, sampleShape: [3, 6, 9] });
    expect(data.targets).toMatchObject({ classes: 2, classNames: ['colors', 'gray'] });
    expect([...(data.targets as { labels: Int32Array }).labels]).toEqual([0, 1, 0]);
    expect([...(await load(data)).source.samples]).toEqual(['rgb.png', 'gray.png', 'rgb.png'].flatMap(planes));
  });

  it('reads images of another folder, with numbers of columns and of classes', async () => {
    const path = tableOf('2;gray.png', '0;rgb.png');
    const options = { image: 1, label: 0, header: false, delimiter: ';', folder: goldenFile('images'), size: 4 };
    const data = await csvImages(path, { ...options, channels: 1 });
    expect(data).toMatchObject({ length: 2, sampleShape: [1, 4, 4] });
    expect(data.targets).toMatchObject({ classes: 3 });
    expect((await csvImages(path, { ...options, classes: 5 })).targets).toMatchObject({ classes: 5 });
  });

  it.each<[lines: readonly string[], options: object, code: string, given: RegExp]>([
    [['file,kind'], columns, 'CONVOY_FILE_FORMAT', /which has no samples$/],
    [['file,kind', '../secret.png,a'], columns, 'CONVOY_INVALID_DATA', /^the path "..\/secret.png" in line 2/],
    [['file,kind', '/etc/passwd,a'], columns, 'CONVOY_INVALID_DATA', /^the path "\/etc\/passwd" in line 2/],
    [['file,kind', ',a'], columns, 'CONVOY_INVALID_DATA', /^the path "" in line 2/],
    [['file,kind', 'none.png,a'], columns, 'CONVOY_FILE_NOT_FOUND', /none\.png/],
    [['file,kind', 'a.png,'], columns, 'CONVOY_INVALID_LABEL', /line 2/],
    [['file,kind', 'a.png,a'], { ...columns, image: 'path' }, 'CONVOY_UNKNOWN_NAME', /^the column "path"/],
    [['file,kind', 'a.png,a'], { image: 'file' }, 'CONVOY_INVALID_OPTION', /^label: undefined$/],
    [['file,kind', 'a.png,a'], { ...columns, root: '.' }, 'CONVOY_INVALID_OPTION', /^the option "root"/],
  ])('%j with %j is rejected with %s', async (lines, options, code, given) => {
    await expect(csvImages(tableOf(...lines), options as never)).rejects.toMatchObject({
      code,
      given: expect.stringMatching(given),
    });
  });
});

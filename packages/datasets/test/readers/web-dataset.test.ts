// Tar files of samples, written by Python's tarfile in three formats.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { load } from '../../src/dataset/load.ts';
import { indexTar } from '../../src/readers/tar-index.ts';
import { webDataset } from '../../src/readers/web-dataset.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

const root = temporaryDirectory();
const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url));
const [ustar, gnu, pax] = ['photos-ustar.tar', 'photos-gnu.tar', 'photos-pax.tar'].map(golden) as [
  string,
  string,
  string,
];
const LONG = `${Array(12).fill('a long folder').join('/')}/c`;

const expected: Record<string, { pixels: number[] }> = JSON.parse(readFileSync(golden('images/expected.json'), 'utf8'));
/** The planes of an image of 6×9 pixels. */
const planes = (name: string) => {
  const pixels = expected[name]?.pixels ?? [];
  return Array.from({ length: 3 * 54 }, (_, i) => pixels[(i % 54) * 3 + Math.floor(i / 54)]);
};
const labelsOf = ({ targets }: { targets: unknown }) => [...(targets as { labels: Int32Array }).labels];

const image = (name: string) => readFileSync(golden(`images/${name}`));

/** A tar file of these members, which may claim another length. */
function tarOf(name: string, members: readonly (readonly [name: string, content: Buffer])[], claimed?: number): string {
  const blocks = members.flatMap(([member, content]) => {
    const header = Buffer.alloc(512);
    header.write(member);
    header.write(`${(claimed ?? content.length).toString(8).padStart(11, '0')}\0`, 124);
    header.write('0', 156);
    header.fill(' ', 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  const path = join(root, name);
  writeFileSync(path, Buffer.concat([...blocks, Buffer.alloc(1024)]));
  return path;
}

/** A file with the bytes of a tar file, changed. */
function changed(name: string, change: (bytes: Buffer) => Buffer): string {
  const path = join(root, name);
  writeFileSync(path, change(Buffer.from(readFileSync(ustar))));
  return path;
}

describe('the index of a tar file', () => {
  it('has the names of all formats', async () => {
    expect((await indexTar(ustar)).map(({ name, length }) => [name, length])).toEqual([
      ['a.png', 200],
      ['a.cls', 2],
      ['a.json', 2],
      ['folder/b.cls', 1],
      ['folder/b.png', 124],
    ]);
    expect((await indexTar(gnu)).map(({ name }) => name)).toEqual([`${LONG}.png`, `${LONG}.cls`]);
    expect((await indexTar(pax)).map(({ name }) => name)).toEqual([
      ...['größe/ü.png', 'größe/ü.cls'],
      ...[`${LONG}.v2.jpg`, `${LONG}.cls`, `${LONG}.png`],
    ]);
  });
});

describe('webDataset', () => {
  it('reads images and labels, in the order of the files', async () => {
    const data = await webDataset(ustar);
    expect(data).toMatchObject({ length: 2, sampleShape: [3, 6, 9] });
    expect(data.targets).toMatchObject({ classes: 2, classNames: ['0', '1'] });
    expect(labelsOf(data)).toEqual([1, 0]);
    expect([...(await load(data)).source.samples]).toEqual([...planes('rgb.png'), ...planes('gray.png')]);
  });

  it('reads several files, with names of classes', async () => {
    const data = await webDataset([gnu, pax], { size: [6, 9] });
    expect(data.targets).toMatchObject({ classes: 2, classNames: ['cat', 'dog'] });
    expect(labelsOf(data)).toEqual([0, 1, 0]);
    const { source } = await load(data);
    expect([...source.samples]).toEqual(['gray.png', 'rgb.png', 'gray.png'].flatMap(planes));
    const named = await webDataset(gnu, { classNames: ['dog', 'cat'] });
    expect(labelsOf(named)).toEqual([1]);
  });

  it.each<[what: string, path: () => string | readonly string[], code: string, given: RegExp]>([
    ['missing', () => join(root, 'none.tar'), 'CONVOY_FILE_NOT_FOUND', /none\.tar/],
    ['a directory', () => root, 'CONVOY_FILE_UNREADABLE', /directory/],
    ['compressed', () => changed('a.tar.gz', gzipSync), 'CONVOY_FILE_FORMAT', /compressed with gzip$/],
    ['empty', () => changed('empty.tar', () => Buffer.alloc(0)), 'CONVOY_FILE_FORMAT', /without the blocks of zeros/],
    ['no tar file', () => changed('text.tar', () => Buffer.alloc(2000, 'text')), 'CONVOY_FILE_FORMAT', /octal|header/],
    [
      'cut in a header',
      () => changed('cut.tar', (bytes) => bytes.subarray(0, 300)),
      'CONVOY_FILE_FORMAT',
      /within a header/,
    ],
    [
      'cut in an image',
      () => changed('half.tar', (bytes) => bytes.subarray(0, 600)),
      'CONVOY_FILE_FORMAT',
      /beyond its end/,
    ],
    [
      'damaged in a header',
      () => changed('damaged.tar', (bytes) => Buffer.concat([Buffer.from('x'), bytes.subarray(1)])),
      'CONVOY_FILE_FORMAT',
      /damaged header at byte 0$/,
    ],
    ['not given', () => [], 'CONVOY_FILE_FORMAT', /without samples$/],
    [
      'cut between members',
      () => changed('between.tar', (bytes) => bytes.subarray(0, 2048)),
      'CONVOY_FILE_FORMAT',
      /without the blocks of zeros/,
    ],
    [
      'with two labels of a sample',
      () => changed('twice.tar', (bytes) => Buffer.concat([bytes.subarray(1024, 2048), bytes])),
      'CONVOY_FILE_FORMAT',
      /with two files for the label of "a"$/,
    ],
    [
      'with a label that is no class',
      () =>
        tarOf('label.tar', [
          ['a.png', image('rgb.png')],
          ['a.cls', Buffer.from('999999999')],
        ]),
      'CONVOY_INVALID_LABEL',
      /^the label "999999999" of "a.png"/,
    ],
    [
      'with a member that is too large',
      () => tarOf('large.tar', [['a.png', image('rgb.png')]], 2 ** 33),
      'CONVOY_FILE_FORMAT',
      /beyond its end/,
    ],
  ])('rejects a file that is %s', async (_, path, code, given) => {
    await expect(webDataset(path())).rejects.toMatchObject({ code, given: expect.stringMatching(given) });
  });

  it.each<[options: object, code: string, given: RegExp]>([
    [{ label: 'txt' }, 'CONVOY_FILE_FORMAT', /without a label of "a"$/],
    [{ image: ['jpg'] }, 'CONVOY_FILE_FORMAT', /without an image of "a"$/],
    [{ classNames: ['only'] }, 'CONVOY_INVALID_LABEL', /^the label "1" of "a.png" in the file/],
    [{ label: 'json', classNames: ['a'] }, 'CONVOY_FILE_FORMAT', /without a label of "folder\/b"$/],
    [{ size: -1 }, 'CONVOY_INVALID_OPTION', /^size: -1$/],
    [{ images: ['png'] }, 'CONVOY_INVALID_OPTION', /^the option "images"/],
  ])('rejects the options %j', async (options, code, given) => {
    await expect(webDataset(ustar, options)).rejects.toMatchObject({ code, given: expect.stringMatching(given) });
  });
});

it('reads many samples', async () => {
  const members = Array.from({ length: 3000 }, (_, i) => [
    [`${i}.png`, image('gray.png')] as const,
    [`${i}.cls`, Buffer.from(String(i % 7))] as const,
  ]).flat();
  const data = await webDataset(tarOf('many.tar', members));
  expect(data.length).toBe(3000);
  expect(data.targets).toMatchObject({ classes: 7 });
});

// Folders of images: their structure, order, errors, and the samples that they give.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { load } from '../../src/dataset/load.ts';
import { imageFolder } from '../../src/readers/image-folder.ts';
import { subset } from '../../src/shaping/subset.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

let root: string;

beforeEach(() => {
  root = temporaryDirectory();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, content: Buffer | string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** An image of one gray. */
const image = (gray: number, [height, width] = [2, 3]) =>
  sharp(Buffer.alloc(height * width, gray), { raw: { height, width, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer();

const labelsOf = ({ targets }: { targets: unknown }) => [...(targets as { labels: Int32Array }).labels];

describe('a folder of images', () => {
  it('has a class for each folder, and its images in the order of their names', async () => {
    // Written in another order; upper case comes before lower case, and ä after z.
    for (const [path, gray] of [
      ['zebra/b.png', 5],
      ['zebra/a10.png', 3],
      ['zebra/a9.png', 4],
      ['Ant/x.png', 1],
      ['ärger/ü.png', 6],
      ['bee/1.PNG', 2],
    ] as const) {
      write(path, await image(gray));
    }
    for (const path of ['.DS_Store', 'bee/.hidden', 'bee/Thumbs.db', 'desktop.ini']) write(path, 'x');
    const { train, test, skipped } = await imageFolder(root, { channels: 1 });
    expect(test).toBeUndefined();
    expect(skipped).toEqual([]);
    expect(train).toMatchObject({
      length: 6,
      sampleShape: [1, 2, 3],
      normalization: { scale: [1 / 255], offset: [0] },
    });
    expect(train.targets).toMatchObject({ classes: 4, classNames: ['Ant', 'bee', 'zebra', 'ärger'] });
    expect(labelsOf(train)).toEqual([0, 1, 2, 2, 2, 3]);
    const { source } = await load(train);
    expect([...source.samples]).toEqual([1, 2, 3, 4, 5, 6].flatMap((gray) => Array(6).fill(gray)));
    const part = await load(subset(train, 2, 4));
    expect([...part.source.samples]).toEqual([3, 4].flatMap((gray) => Array(6).fill(gray)));
    expect(labelsOf(part)).toEqual([2, 2]);
  });

  it.each(['val', 'valid', 'validation'])('may have the parts train, test and %s', async (name) => {
    for (const [i, path] of ['train/a/1.png', 'train/b/1.png', `${name}/b/2.png`, 'test/a/1.png'].entries())
      write(path, await image(i));
    for (const path of [`${name}/a/1.png`, 'test/b/1.png']) write(path, await image(9));
    const { train, test, validation } = await imageFolder(root);
    expect([train, test, validation].map((part) => part?.length)).toEqual([2, 2, 2]);
    expect(validation && labelsOf(validation)).toEqual([0, 1]);
    expect((await load(train)).source.samples[18]).toBe(1);
  });

  it('is fitted to a size', async () => {
    const left = Buffer.from([0, 0, 200, 200]);
    write(
      'a/wide.png',
      await sharp(left, { raw: { height: 1, width: 4, channels: 1 } })
        .toColourspace('b-w')
        .png()
        .toBuffer(),
    );
    const samples = async (options: object) => [
      ...(await load((await imageFolder(root, options)).train)).source.samples,
    ];
    expect(await samples({ size: [1, 4], channels: 1 })).toEqual([0, 0, 200, 200]);
    const [dark, bright] = await samples({ size: [1, 2], channels: 1, fit: 'fill' });
    expect(dark).toBeLessThan(40);
    expect(bright).toBeGreaterThan(160);
    // 'cover' cuts off the left and the right.
    const [inner] = await samples({ size: [1, 1], channels: 1 });
    expect([0, 200]).toContain(inner);
    expect(await samples({ size: [2, 4], channels: 1, fit: 'contain' })).toHaveLength(8);
    expect(await samples({ size: 1, channels: 3 })).toHaveLength(3);
  });

  it('stops at what is no image, or leaves it out', async () => {
    write('a/1.png', await image(1));
    write('a/2.png', (await image(2)).subarray(0, 40));
    write('a/notes.txt', 'no image');
    write('b/3.png', await image(3, [4, 4]));
    write('b/4.png', await image(4));
    const strict = await imageFolder(root, { channels: 1 });
    expect(strict.train.length).toBe(5);
    await expect(load(strict.train)).rejects.toMatchObject({ code: 'CONVOY_FILE_FORMAT' });
    const { train, skipped } = await imageFolder(root, { channels: 1, onError: 'skip' });
    expect(skipped.map(({ path }) => path)).toEqual(['a/2.png', 'a/notes.txt', 'b/3.png']);
    for (const { path, error } of skipped) expect(error.given).toContain(path);
    expect([...(await load(train)).source.samples]).toEqual([1, 4].flatMap((gray) => Array(6).fill(gray)));
    expect(labelsOf(train)).toEqual([0, 1]);
  });
});

describe('a folder that is wrong', () => {
  it.each<[what: string, files: readonly string[], given: RegExp]>([
    ['empty', [], /without folders$/],
    ['without classes', ['1.png'], /without folders$/],
    ['with an empty class', ['a/1.png', 'b/'], /b" without files$/],
    [
      'with different classes in its parts',
      ['train/a/1.png', 'train/b/1.png', 'test/a/1.png'],
      /differ in the class "b"$/,
    ],
    ['without training data', ['test/a/1.png'], /without the folder train$/],
    ['with a part twice', ['train/a/1.png', 'val/a/1.png', 'valid/a/1.png'], /two folders for the part validation$/],
  ])('%s', async (_, files, given) => {
    for (const path of files) {
      if (path.endsWith('/')) mkdirSync(join(root, path));
      else write(path, await image(1));
    }
    await expect(imageFolder(root)).rejects.toMatchObject({
      code: 'CONVOY_FILE_FORMAT',
      given: expect.stringMatching(given),
    });
  });

  it('is missing, is a file, or has a link out of it', async () => {
    await expect(imageFolder(join(root, 'no'))).rejects.toMatchObject({ code: 'CONVOY_FILE_NOT_FOUND' });
    write('file', 'x');
    await expect(imageFolder(join(root, 'file'))).rejects.toMatchObject({ code: 'CONVOY_FILE_NOT_FOUND' });
    write('in/a/1.png', await image(1));
    write('out/2.png', await image(2));
    symlinkSync(join(root, 'out/2.png'), join(root, 'in/a/2.png'));
    const given = expect.stringMatching(/which is a link to a place outside of the folder$/);
    await expect(imageFolder(join(root, 'in'))).rejects.toMatchObject({ code: 'CONVOY_FILE_FORMAT', given });
    rmSync(join(root, 'in/a/2.png'));
    symlinkSync('1.png', join(root, 'in/a/3.png'));
    expect((await imageFolder(join(root, 'in'))).train.length).toBe(2);
  });

  it.each([
    [undefined, /^path: undefined$/],
    ['', /^path: ""$/],
  ])('is no path: %s', async (path, given) => {
    await expect(imageFolder(path as never)).rejects.toMatchObject({ given: expect.stringMatching(given) });
  });

  it.each([
    [{ size: 0 }, /^size: 0$/],
    [{ size: [4, 5, 6] }, /^size: \[4, 5, 6\]$/],
    [{ size: [4, '5'] }, /^size\[1\]: "5"$/],
    [{ fit: 'crop' }, /^fit: "crop"$/],
    [{ channels: 4 }, /^channels: 4$/],
    [{ onError: 'ignore' }, /^onError: "ignore"$/],
    [{ imageSize: 32 }, /^the option "imageSize"/],
  ])('has wrong options: %j', async (options, given) => {
    await expect(imageFolder(root, options as never)).rejects.toMatchObject({
      code: 'CONVOY_INVALID_OPTION',
      given: expect.stringMatching(given),
    });
  });
});

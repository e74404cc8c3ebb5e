import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fashionMnist } from '../../src/readers/fashion-mnist.ts';
import { directories, labelsOf, momentsOf, tiny } from './mnist-files.ts';

const { root, of: directoryOf } = directories();

const installed = existsSync('/usr/share/datasets/fashion-mnist');

describe('fashionMnist', () => {
  it('reads a directory, with its own normalization', async () => {
    const files = Object.entries(tiny).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]);
    const { train, test } = await fashionMnist({ directory: await directoryOf('tiny', Object.fromEntries(files)) });
    expect([...train.source.samples, ...test.source.samples]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([labelsOf(train), labelsOf(test)]).toEqual([[9, 0], [5]]);
    for (const { normalization, targets } of [train, test]) {
      expect(targets).toMatchObject({ classes: 10, classNames: { 0: 'T-shirt/top', 5: 'Sandal', 9: 'Ankle boot' } });
      expect(normalization.scale[0]).toBeCloseTo(1 / (255 * 0.353), 12);
      expect(normalization.offset[0]).toBeCloseTo(-0.286 / 0.353, 12);
    }
  });

  it('says how to get a missing data set', async () => {
    const { 't10k-labels-idx1-ubyte': _, ...incomplete } = tiny;
    const some = await directoryOf('incomplete', incomplete);
    for (const directory of [some, join(root, 'absent')]) {
      await expect(fashionMnist({ directory })).rejects.toMatchObject({
        code: 'CONVOY_FILE_NOT_FOUND',
        message: expect.stringMatching(/Run apt-get install dataset-fashion-mnist .*, or pass a directory/),
      });
    }
  });

  it('reads the whole set from the package dataset-fashion-mnist', async ({ skip }) => {
    skip(!installed, 'the package dataset-fashion-mnist is not installed');
    const { train, test } = await fashionMnist();
    for (const [part, length, digest] of [
      // zcat train-images-idx3-ubyte.gz | tail -c +17 | sha256sum
      [train, 60_000, '2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012'],
      [test, 10_000, 'c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a'],
    ] as const) {
      expect(part).toMatchObject({ length, sampleShape: [1, 28, 28], targets: { kind: 'labels', classes: 10 } });
      expect(createHash('sha256').update(part.source.samples).digest('hex')).toBe(digest);
      // All classes have the same number of samples.
      const counts = Array.from({ length: 10 }, (_, label) => labelsOf(part).filter((own) => own === label).length);
      expect(counts).toEqual(Array(10).fill(length / 10));
    }
    expect(labelsOf(train).slice(0, 10)).toEqual([9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
    expect(labelsOf(test).slice(0, 10)).toEqual([9, 2, 1, 1, 6, 1, 4, 6, 5, 7]);
  });

  it('normalizes to mean 0 and variance 1', async ({ skip }) => {
    skip(!installed, 'the package dataset-fashion-mnist is not installed');
    const { mean, variance } = momentsOf((await fashionMnist()).train);
    expect(mean).toBeCloseTo(0, 3);
    expect(variance).toBeCloseTo(1, 3);
  });
});

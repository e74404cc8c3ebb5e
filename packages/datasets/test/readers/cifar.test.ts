import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { cifar10, cifar100, type StoredDataset } from '../../src/index.ts';
import { goldenFile } from '../golden-file.ts';
import { directories, labelsOf } from './mnist-files.ts';

const { of: directoryOf } = directories();
const FILES_10 = ['batches.meta.txt', ...[1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`), 'test_batch.bin'];

const filesOf = async (name: string, files: readonly string[]) =>
  Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(goldenFile(`${name}/${file}`))] as const)),
  );

/** The first pixel of each sample, in red, green and blue. */
const firstPixels = ({ source, length }: StoredDataset) =>
  Array.from({ length }, (_, i) => [0, 1, 2].map((channel) => source.samples[3072 * i + 1024 * channel]));

describe('cifar10', () => {
  it('reads what NumPy has written', async () => {
    const { train, test } = await cifar10(goldenFile('cifar-10'));
    expect(train).toMatchObject({ length: 6, sampleShape: [3, 32, 32], targets: { kind: 'labels', classes: 10 } });
    expect([labelsOf(train), labelsOf(test)]).toEqual([[9, 0, 1, 2, 3, 4], [5]]);
    expect(firstPixels(train)).toEqual([9, 0, 1, 2, 3, 4].map((label) => [100, 101, 102].map((i) => i + 10 * label)));
    const record = await readFile(goldenFile('cifar-10/test_batch.bin'));
    expect(test.source.samples).toEqual(Uint8Array.from(record.subarray(1)));
    expect(test.source.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
    for (const { targets, normalization } of [train, test]) {
      expect(targets).toMatchObject({ classNames: { 0: 'airplane', 9: 'truck' } });
      expect(normalization.scale[1]).toBeCloseTo(1 / (255 * 0.2435), 12);
      expect(normalization.offset[2]).toBeCloseTo(-0.4465 / 0.2616, 12);
    }
  });

  it.each<[string, (files: Record<string, Uint8Array>) => void, string, string]>([
    [
      'a missing batch',
      (files) => delete files['data_batch_3.bin'],
      'CONVOY_FILE_NOT_FOUND',
      'has no data_batch_3.bin',
    ],
    ['no names', (files) => delete files['batches.meta.txt'], 'CONVOY_FILE_NOT_FOUND', 'has no batches.meta.txt'],
    [
      'a truncated batch',
      (files) => Object.assign(files, { 'test_batch.bin': files['test_batch.bin']?.subarray(1) }),
      'CONVOY_FILE_FORMAT',
      'test_batch.bin" of 3072 bytes',
    ],
    [
      'an empty batch',
      (files) => Object.assign(files, { 'data_batch_2.bin': new Uint8Array() }),
      'CONVOY_FILE_FORMAT',
      'data_batch_2.bin" of 0 bytes',
    ],
    [
      'a label of no class',
      (files) => files['data_batch_2.bin']?.fill(10, 0, 1),
      'CONVOY_INVALID_LABEL',
      'the label 10 of sample 2, from data_batch_1.bin, data_batch_2.bin',
    ],
    [
      'too few names',
      (files) => Object.assign(files, { 'batches.meta.txt': Buffer.from('a\nb\n') }),
      'CONVOY_FILE_FORMAT',
      'batches.meta.txt" of 4 bytes with 2 names of classes',
    ],
    [
      'endless names',
      (files) => Object.assign(files, { 'batches.meta.txt': Buffer.alloc(1e6, 'a') }),
      'CONVOY_FILE_FORMAT',
      'with 1 names',
    ],
  ])('refuses %s', async (name, change, code, given) => {
    const files = await filesOf('cifar-10', FILES_10);
    change(files);
    const directory = await directoryOf(name, files);
    await expect(cifar10(directory)).rejects.toMatchObject({ code, given: expect.stringContaining(given) });
  });

  it('says how to get a missing data set', async () => {
    await expect(cifar10('/no/directory')).rejects.toMatchObject({
      code: 'CONVOY_FILE_NOT_FOUND',
      fix: expect.stringContaining('cifar-10-binary.tar.gz'),
    });
  });
});

describe('cifar100', () => {
  it('reads what NumPy has written, with fine or coarse labels', async () => {
    const { train, test } = await cifar100(goldenFile('cifar-100'));
    expect([labelsOf(train), labelsOf(test)]).toEqual([[99, 42], [7]]);
    expect(train.targets).toMatchObject({ classes: 100, classNames: { 99: 'fine 99' } });
    expect(firstPixels(train)).toEqual([19, 3].map((label) => [100, 101, 102].map((i) => (i + 10 * label) % 256)));
    expect(train.normalization.scale[0]).toBeCloseTo(1 / (255 * 0.2673), 12);

    const coarse = await cifar100(goldenFile('cifar-100'), { labels: 'coarse' });
    expect([labelsOf(coarse.train), labelsOf(coarse.test)]).toEqual([[19, 3], [0]]);
    expect(coarse.train.targets).toMatchObject({ classes: 20, classNames: { 19: 'coarse 19' } });
    expect(coarse.train.source.samples).toEqual(train.source.samples);
  });

  it('refuses the files of CIFAR-10, and other labels', async () => {
    await expect(cifar100(goldenFile('cifar-10'))).rejects.toMatchObject({ code: 'CONVOY_FILE_NOT_FOUND' });
    const options = { labels: 'superclass' } as never;
    await expect(cifar100(goldenFile('cifar-100'), options)).rejects.toMatchObject({ code: 'CONVOY_INVALID_OPTION' });
    for (const directory of [undefined, '', 5]) {
      for (const read of [cifar10, cifar100]) {
        await expect(read(directory as never)).rejects.toMatchObject({ code: 'CONVOY_INVALID_OPTION' });
      }
    }
  });
});

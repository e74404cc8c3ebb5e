import { describe, expect, it } from 'vitest';
import { createDataset, type DatasetSource } from '../../src/dataset/create-dataset.ts';
import { subset, take } from '../../src/shaping/subset.ts';

const withCode = (code: string) => expect.objectContaining({ code });

/** Three samples of shape [2, 1, 2]. */
const images = {
  sampleShape: [2, 1, 2],
  inputs: Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
  targets: { kind: 'labels', labels: [2, 0, 1], classes: 3 },
} satisfies DatasetSource;

const points = {
  sampleShape: [2],
  inputs: Float32Array.from([0.5, 1, 1.5, 2, 2.5, 3]),
  targets: { kind: 'values', values: [10, 20, 30], shape: [1] },
} satisfies DatasetSource;

describe('createDataset', () => {
  it('copies samples and targets into shared memory', () => {
    const dataset = createDataset(images);
    expect(dataset).toMatchObject({ length: 3, sampleShape: [2, 1, 2], targets: { kind: 'labels', classes: 3 } });
    expect(dataset.source.samples).toBeInstanceOf(Uint8Array);
    expect([...dataset.source.samples]).toEqual([...images.inputs]);
    expect(dataset.source.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
    const labels = dataset.targets.kind === 'labels' ? dataset.targets.labels : undefined;
    expect(labels?.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...(labels ?? [])]).toEqual([2, 0, 1]);
  });

  it('accepts floats and values', () => {
    const dataset = createDataset(points);
    expect(dataset.length).toBe(3);
    expect(dataset.source.samples).toBeInstanceOf(Float32Array);
    expect(dataset.targets).toEqual({ kind: 'values', values: Float32Array.from([10, 20, 30]), shape: [1] });
  });

  it('uses memory that is already shared, without the methods of a Buffer', () => {
    const memory = new SharedArrayBuffer(20);
    const inputs = new Uint8Array(memory, 4, 12);
    expect(createDataset({ ...images, inputs }).source.samples).toMatchObject({
      buffer: memory,
      byteOffset: 4,
      length: 12,
    });
    const buffer = Buffer.from(memory, 4, 12);
    expect(Object.getPrototypeOf(createDataset({ ...images, inputs: buffer }).source.samples)).toBe(
      Uint8Array.prototype,
    );
  });

  it('stays shared through a structured clone', () => {
    const dataset = createDataset(images);
    const clone = structuredClone(dataset);
    expect(clone).toEqual(dataset);
    clone.source.samples[0] = 99;
    expect(dataset.source.samples[0]).toBe(99);
  });

  it('normalizes bytes to 0 … 1 and does not change floats, by default', () => {
    expect(createDataset(images).normalization).toEqual({ scale: [1 / 255, 1 / 255], offset: [0, 0] });
    expect(createDataset(points).normalization).toEqual({ scale: [1, 1], offset: [0, 0] });
    const normalization = { scale: [2, 3], offset: [-1, -2] };
    expect(createDataset({ ...images, normalization }).normalization).toEqual(normalization);
  });

  it.each<[string, string, Partial<DatasetSource>]>([
    ['half a sample', 'CONVOY_INVALID_DATA', { inputs: new Uint8Array(13) }],
    ['no samples', 'CONVOY_INVALID_DATA', { inputs: new Uint8Array(0) }],
    ['big integers', 'CONVOY_INVALID_DATA', { inputs: new BigInt64Array(12) as never }],
    ['a scalar shape', 'CONVOY_INVALID_SHAPE', { sampleShape: [] }],
    ['an empty shape', 'CONVOY_INVALID_SHAPE', { sampleShape: [2, 0] }],
    ['a fractional shape', 'CONVOY_INVALID_SHAPE', { sampleShape: [1.5, 2] }],
    ['missing labels', 'CONVOY_INVALID_DATA', { targets: { kind: 'labels', labels: [0, 1], classes: 3 } }],
    ['no labels', 'CONVOY_INVALID_DATA', { targets: { kind: 'labels', classes: 3 } as never }],
    [
      'a label too large',
      'CONVOY_INVALID_LABEL',
      { targets: { kind: 'labels', labels: Uint8Array.of(0, 3, 1), classes: 3 } },
    ],
    [
      'a negative label',
      'CONVOY_INVALID_LABEL',
      { targets: { kind: 'labels', labels: Int32Array.of(0, -1, 1), classes: 3 } },
    ],
    ['a fractional label', 'CONVOY_INVALID_LABEL', { targets: { kind: 'labels', labels: [0, 0.5, 1], classes: 3 } }],
    ['no classes', 'CONVOY_INVALID_OPTION', { targets: { kind: 'labels', labels: [0, 0, 0], classes: 0 } }],
    ['missing values', 'CONVOY_INVALID_DATA', { targets: { kind: 'values', values: [1, 2, 3], shape: [2] } }],
    ['infinite values', 'CONVOY_NOT_FINITE', { targets: { kind: 'values', values: [1, 1e39, 3], shape: [1] } }],
    ['no targets', 'CONVOY_INVALID_DATA', { targets: undefined as never }],
    ['too few scales', 'CONVOY_INVALID_OPTION', { normalization: { scale: [1], offset: [0, 0] } }],
    [
      'an infinite scale',
      'CONVOY_INVALID_OPTION',
      { normalization: { scale: [1, Number.POSITIVE_INFINITY], offset: [0, 0] } },
    ],
    ['a missing offset', 'CONVOY_INVALID_OPTION', { normalization: { scale: [1, 1] } as never }],
  ])('refuses %s', (_, code, change) => {
    expect(() => createDataset({ ...images, ...change })).toThrow(withCode(code));
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'names the first sample with %s',
    (value) => {
      const inputs = Float32Array.from(points.inputs);
      inputs[3] = value;
      inputs[4] = value;
      expect(() => createDataset({ ...points, inputs })).toThrow(withCode('CONVOY_NOT_FINITE'));
      expect(() => createDataset({ ...points, inputs })).toThrow(
        `Given ${value} in the inputs, number 1 of sample 1; expected only finite`,
      );
    },
  );

  it('names the first wrong label and the range', () => {
    expect(() => createDataset({ ...images, targets: { kind: 'labels', labels: [0, 10, 11], classes: 10 } })).toThrow(
      'Given the label 10 of sample 1; expected a whole number from 0 to 9. Correct the label',
    );
  });
});

describe('views', () => {
  it('take, split and subset share memory and keep samples with their labels', () => {
    const dataset = createDataset(images);
    const middle = subset(dataset, 1, 2);
    expect(middle).toMatchObject({ length: 1, sampleShape: [2, 1, 2], normalization: dataset.normalization });
    expect([...middle.source.samples]).toEqual([4, 5, 6, 7]);
    expect(middle.targets).toEqual({ kind: 'labels', labels: Int32Array.of(0), classes: 3, shape: [] });
    expect(middle.source.samples.buffer).toBe(dataset.source.samples.buffer);

    expect(take(dataset, 3)).toEqual(dataset);
    const rest = subset(dataset, 1);
    expect(rest.length).toBe(2);
    expect([...subset(rest, 1).source.samples]).toEqual([8, 9, 10, 11]);
  });

  it('keep samples with their values', () => {
    const rest = subset(
      createDataset({ ...points, targets: { kind: 'values', values: [1, 2, 3, 4, 5, 6], shape: [2] } }),
      2,
    );
    expect([...rest.source.samples]).toEqual([2.5, 3]);
    expect(rest.targets).toEqual({ kind: 'values', values: Float32Array.of(5, 6), shape: [2] });
  });

  it('refuse more samples than there are, and zero samples', () => {
    const dataset = createDataset(images);
    expect(() => take(dataset, 4)).toThrow(withCode('CONVOY_DATASET_TOO_SMALL'));
    expect(() => take(dataset, 4)).toThrow('Given the samples from 0 up to 4 of a data set of 3');
    expect(() => take(dataset, 0)).toThrow(withCode('CONVOY_INVALID_OPTION'));
    expect(() => subset(dataset, 3)).toThrow(withCode('CONVOY_DATASET_TOO_SMALL'));
    expect(() => subset(dataset, 2, 2)).toThrow(withCode('CONVOY_DATASET_TOO_SMALL'));
    expect(() => subset(dataset, -1, 2)).toThrow(withCode('CONVOY_INVALID_OPTION'));
    expect(() => subset(dataset, 0, 1.5)).toThrow(withCode('CONVOY_INVALID_OPTION'));
  });
});

describe('labels of pixels', () => {
  const source = { sampleShape: [1, 2, 2], inputs: new Uint8Array(12) };
  const labelled = (labels: Uint8Array | number[], options = {}) =>
    createDataset({ ...source, targets: { kind: 'labels', labels, classes: 3, shape: [2, 2], ...options } });

  it('are kept as bytes or as whole numbers, with their shape and their samples', () => {
    const bytes = Uint8Array.of(0, 1, 2, 0, 1, 1, 1, 1, 2, 2, 2, 0);
    expect(labelled(bytes).targets).toEqual({ kind: 'labels', labels: bytes, classes: 3, shape: [2, 2] });
    expect(subset(labelled([...bytes]), 1, 2).targets).toMatchObject({ labels: Int32Array.of(1, 1, 1, 1) });
  });

  it('may be the ignored label', () => {
    const labels = [0, 1, 2, 0, 255, 1, 1, 1, 2, 2, 2, 0];
    expect(labelled(labels, { ignoreLabel: 255 }).targets).toMatchObject({ ignoreLabel: 255 });
    expect(() => labelled(labels)).toThrow(/the label 255, number 0, of sample 1; expected .* 0 to 2\./);
    labels[7] = 254;
    expect(() => labelled(labels, { ignoreLabel: 255 })).toThrow(/the label 254, number 3, of sample 1.* or 255/);
  });

  it('are as many as the shape says', () => {
    expect(() => labelled([0, 1, 2])).toThrow(/3 labels; expected 12 for 3 samples/);
  });
});

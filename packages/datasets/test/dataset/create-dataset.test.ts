// The forms in which numbers come, and wrong arguments of every function.
import { runInNewContext } from 'node:vm';
import { ConvoyError, Tensor, tensor } from '@convoy/tensor';
import { describe, expect, it } from 'vitest';
import {
  createDataset,
  type DatasetSource,
  fashionMnist,
  mnist,
  type Numbers,
  readIdx,
  split,
  subset,
  take,
} from '../../src/index.ts';

const flat = [0, 1, 2, 3, 4, 5];
const values = { kind: 'values', values: [[1], [2]] } as const;
const dataset = createDataset({
  inputs: [
    [1, 2],
    [3, 4],
  ],
  targets: values,
});

describe('inputs', () => {
  it.each<[string, Numbers, DatasetSource['sampleShape']]>([
    ['a tensor', tensor(flat, [2, 3, 1]), undefined],
    ['a flat tensor', tensor(flat), [3, 1]],
    ['a tensor of another shape', tensor(flat, [2, 3]), [3, 1]],
    [
      'nested arrays',
      [
        [[0], [1], [2]],
        [[3], [4], [5]],
      ],
      undefined,
    ],
    [
      'flatter arrays',
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      [3, 1],
    ],
    ['a flat list', flat, [3, 1]],
    ['Float64Array', Float64Array.from(flat), [3, 1]],
    ['Int8Array', Int8Array.from(flat), [3, 1]],
    ['Int16Array', Int16Array.from(flat), [3, 1]],
    ['Uint16Array', Uint16Array.from(flat), [3, 1]],
    ['Int32Array', Int32Array.from(flat), [3, 1]],
    ['Uint32Array', Uint32Array.from(flat), [3, 1]],
    ['an array of another realm', runInNewContext('Float64Array.of(0, 1, 2, 3, 4, 5)'), [3, 1]],
  ])('in the form of %s become float32', (_, inputs, sampleShape) => {
    const data = createDataset({ inputs, targets: values, ...(sampleShape && { sampleShape }) });
    expect(data).toMatchObject({ length: 2, sampleShape: [3, 1], normalization: { scale: [1, 1, 1] } });
    expect(data.source.samples).toEqual(Float32Array.from(flat));
    expect(data.source.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it.each([Uint8Array.from(flat), Uint8ClampedArray.from(flat), Buffer.from(flat)])('bytes stay bytes', (inputs) => {
    const data = createDataset({ inputs, sampleShape: [3], targets: values });
    expect(data.source.samples).toEqual(Uint8Array.from(flat));
    expect(data.normalization.scale[0]).toBe(1 / 255);
  });
});

describe('targets', () => {
  const inputs = tensor(flat, [2, 3]);
  it.each<[string, Numbers]>([
    ['a tensor', tensor([1, 0])],
    ['floats', Float64Array.of(1, 0)],
    ['a list', [1, 0]],
    ['an Int8Array', Int8Array.of(1, 0)],
  ])('labels in the form of %s', (_, labels) => {
    const { targets } = createDataset({ inputs, targets: { kind: 'labels', labels, classes: 2 } });
    expect(targets).toEqual({ kind: 'labels', labels: Int32Array.of(1, 0), classes: 2, shape: [] });
  });

  it('labels of pixels, and values, have the shape of their arrays', () => {
    const labels = [[[0, 1]], [[1, 0]]];
    expect(createDataset({ inputs, targets: { kind: 'labels', labels, classes: 2 } }).targets.shape).toEqual([1, 2]);
    const own = createDataset({
      inputs,
      targets: {
        kind: 'values',
        values: tensor([
          [1, 2],
          [3, 4],
        ]),
      },
    });
    expect(own.targets).toEqual({ kind: 'values', values: Float32Array.of(1, 2, 3, 4), shape: [2] });
  });

  it('labels above 2^24 are exact', () => {
    const label = 2 ** 24 + 1;
    const { targets } = createDataset({
      inputs,
      targets: { kind: 'labels', labels: [[label], [0]], classes: 2 ** 25 },
    });
    expect(targets).toMatchObject({ labels: Int32Array.of(label, 0), shape: [1] });
  });
});

describe('what is no number', () => {
  const inputs = new Float32Array(3);
  // An array with a hole, which is undefined only when it is read.
  const hole = [2, 0, 1];
  delete hole[1];
  const lists = [undefined, null, '', '1', true, 1n, {}, [1]].map((wrong) => [2, wrong, 1]);
  it.each([...lists, hole])('%j is refused as inputs, labels and values, with its index', (...list) => {
    const refused = (name: string, create: () => unknown) =>
      expect(create).toThrow(
        expect.objectContaining({
          code: 'CONVOY_INVALID_DATA',
          given: expect.stringMatching(new RegExp(`at ${name}\\[1\\]$`)),
        }),
      );
    const numbers = list as number[];
    const sampleShape = [1];
    refused('labels', () =>
      createDataset({ sampleShape, inputs, targets: { kind: 'labels', labels: numbers, classes: 3 } }),
    );
    refused('values', () =>
      createDataset({ sampleShape, inputs, targets: { kind: 'values', values: numbers, shape: [] } }),
    );
    refused('inputs', () =>
      createDataset({ sampleShape, inputs: numbers, targets: { kind: 'values', values: inputs } }),
    );
  });
});

describe('wrong arguments', () => {
  const source = {
    inputs: [
      [1, 2],
      [3, 4],
    ],
    targets: values,
  };
  const labelled = (labels: object) => ({
    ...source,
    targets: { kind: 'labels', labels: [0, 1], classes: 2, ...labels },
  });
  it.each<[unknown, string, RegExp, string?]>([
    [null, 'CONVOY_INVALID_OPTION', /^null as the options of createDataset$/],
    [[], 'CONVOY_INVALID_OPTION', /^\[\] as the options of createDataset$/],
    [
      { ...source, normalisation: {} },
      'CONVOY_INVALID_OPTION',
      /^the option "normalisation"/,
      'Did you mean normalization?',
    ],
    [{ ...source, normalization: null }, 'CONVOY_INVALID_OPTION', /^null as the options of normalization$/],
    [
      { ...source, normalization: { scale: [1, 1], offset: [0, 1e39] } },
      'CONVOY_INVALID_OPTION',
      /^normalization\.offset\[1\]/,
    ],
    [{ ...source, normalization: { mean: [1], std: [1] } }, 'CONVOY_INVALID_OPTION', /^normalization\.mean: \[1\]$/],
    [
      { ...source, normalization: { mean: [1, 1], std: [1, 0] } },
      'CONVOY_INVALID_OPTION',
      /^normalization\.std\[1\]: 0$/,
    ],
    [{ ...source, normalization: { mean: [1, 1] } }, 'CONVOY_INVALID_OPTION', /^normalization\.std: undefined$/],
    [{ ...source, normalization: { mean: [1, 1], scale: [1, 1] } }, 'CONVOY_INVALID_OPTION', /^the option "scale"/],
    [{ ...source, normalization: 'imagenet' }, 'CONVOY_INVALID_OPTION', /^'imagenet': \[0\.485/],
    [{ ...source, normalization: 'standard' }, 'CONVOY_INVALID_OPTION', /^normalization: "standard"$/],
    [{ ...source, inputs: undefined }, 'CONVOY_INVALID_DATA', /^undefined as inputs$/],
    [{ ...source, inputs: 'data' }, 'CONVOY_INVALID_DATA', /^"data" as inputs$/],
    [{ ...source, inputs: new DataView(new ArrayBuffer(8)) }, 'CONVOY_INVALID_DATA', /^a DataView of 8 as inputs$/],
    [{ ...source, inputs: [[1, 2], [3]] }, 'CONVOY_INVALID_DATA', /\[3\] at inputs\[1\]/],
    [
      {
        ...source,
        inputs: [
          [1, null],
          [3, 4],
        ],
      },
      'CONVOY_INVALID_DATA',
      /^null at inputs\[0\]\[1\]$/,
    ],
    [{ ...source, inputs: [1, 2] }, 'CONVOY_INVALID_SHAPE', /^sampleShape: undefined$/],
    [{ ...source, inputs: tensor([1, 2]) }, 'CONVOY_INVALID_SHAPE', /^sampleShape: undefined$/],
    [
      { ...source, inputs: new Tensor(new Float32Array(6), [3, 2]), sampleShape: [3] },
      'CONVOY_INVALID_DATA',
      /of shape \[3, 2\]/,
    ],
    [{ ...source, sampleShape: [2 ** 53] }, 'CONVOY_INVALID_SHAPE', /^sampleShape/],
    [{ ...source, targets: { kind: 'labels' } }, 'CONVOY_INVALID_DATA', /^undefined as labels$/],
    [{ ...source, targets: { ...values, label: 1 } }, 'CONVOY_INVALID_OPTION', /^the option "label"/],
    [{ ...source, targets: { kind: 'values', values: [1, 2] } }, 'CONVOY_INVALID_SHAPE', /^shape: undefined$/],
    [{ ...source, targets: { kind: 'values', values: [[1]] } }, 'CONVOY_INVALID_DATA', /^1 values$/],
    [labelled({ num_classes: 2 }), 'CONVOY_INVALID_OPTION', /^the option "num_classes"/, 'Use classes.'],
    [labelled({ classes: 2 ** 31 }), 'CONVOY_INVALID_OPTION', /^classes: 2147483648$/],
    [labelled({ ignoreLabel: 2 ** 31 }), 'CONVOY_INVALID_OPTION', /^ignoreLabel: 2147483648$/],
    [labelled({ labels: {} }), 'CONVOY_INVALID_DATA', /^an object \(Object\) as labels$/],
  ])('%j of createDataset', (wrong, code, given, fix = '') => {
    const create = () => createDataset(wrong as DatasetSource);
    expect(create).toThrow(ConvoyError);
    expect(create).toThrow(
      expect.objectContaining({ code, given: expect.stringMatching(given), fix: expect.stringContaining(fix) }),
    );
  });

  it.each([
    null,
    {},
    [],
    { length: 2 },
    new Float32Array(4),
    { ...dataset, source: undefined },
    { ...dataset, source: { kind: 'stored', samples: [1, 2, 3, 4] } },
    { ...dataset, source: { kind: 'stored', samples: new Float32Array(5) } },
    { ...dataset, source: { ...dataset.source, rows: Int32Array.of(0) } },
    { ...dataset, source: { kind: 'read', element: 'uint8' } },
    { ...dataset, source: { kind: 'read', element: 'int8', module: 'file:///a.js' } },
    { ...dataset, source: { kind: 'files' } },
    { ...dataset, length: 3 },
  ])('%j of take, split and subset', (wrong) => {
    for (const view of [
      () => take(wrong as never, 1),
      () => split(wrong as never, { counts: [1] }),
      () => subset(wrong as never, 0),
    ]) {
      expect(view).toThrow(
        expect.objectContaining({ code: 'CONVOY_INVALID_DATA', expected: 'a data set, as createDataset returns it' }),
      );
    }
  });

  it('of readers reject', async () => {
    for (const read of [mnist, fashionMnist]) {
      for (const options of [null, 5, { directory: 5 }, { directory: '' }, { path: 'a' }]) {
        await expect(read(options as never)).rejects.toMatchObject({ code: 'CONVOY_INVALID_OPTION' });
      }
    }
    for (const path of [undefined, 5, '', {}]) {
      await expect(readIdx(path as never)).rejects.toMatchObject({
        code: 'CONVOY_INVALID_OPTION',
        given: expect.stringMatching(/^path: /),
      });
    }
  });
});

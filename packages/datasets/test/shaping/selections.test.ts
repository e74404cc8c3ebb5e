// take, subset, filter, balance and concat.
import { describe, expect, it } from 'vitest';
import { balance, concat, createDataset, filter, load, subset, take, withNormalization } from '../../src/index.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { labelsOf, numbered, numberedRead, numbersOf } from './numbered.ts';

const directory = temporaryDirectory();
const otherDirectory = temporaryDirectory();
const withCode = (code: string) => expect.objectContaining({ code });
const labels = [0, 1, 2, 0, 1, 0];

describe.each([
  ['in memory', () => numbered(labels)],
  ['that are read', () => numberedRead(directory, labels)],
])('of samples %s', (_, make) => {
  it('subset takes samples by their numbers, also several times, and of a subset', async () => {
    const part = subset(make(), [5, 1, 1, 2]);
    expect([part.length, await numbersOf(part), labelsOf(part)]).toEqual([4, [5, 1, 1, 2], [0, 1, 1, 2]]);
    const partOfPart = subset(part, Int32Array.of(3, 0));
    expect([await numbersOf(partOfPart), labelsOf(partOfPart)]).toEqual([
      [2, 5],
      [2, 0],
    ]);
    expect(await numbersOf(take(part, 2))).toEqual([5, 1]);
    expect(await numbersOf(subset(part, 1, 3))).toEqual([1, 1]);
  });

  it('filter keeps samples by number, label and target', async () => {
    expect(await numbersOf(filter(make(), ({ label }) => label === 0))).toEqual([0, 3, 5]);
    expect(await numbersOf(filter(make(), ({ index }) => index > 3))).toEqual([4, 5]);
    expect(labelsOf(filter(make(), ({ target }) => target[0] === 2))).toEqual([2]);
  });

  it('balance repeats samples of small classes', async () => {
    const balanced = balance(make(), { seed: 1 });
    expect(labelsOf(balanced)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    const numbers = await numbersOf(balanced);
    expect(numbers.map((number) => labels[number])).toEqual(labelsOf(balanced));
    expect(new Set(numbers).size).toBe(6);
  });

  it('concat puts parts of one data set together', async () => {
    const dataset = make();
    const all = concat([subset(dataset, 4), take(dataset, 2)]);
    expect([await numbersOf(all), labelsOf(all)]).toEqual([
      [4, 5, 0, 1],
      [1, 0, 0, 1],
    ]);
  });
});

describe('filter', () => {
  it('knows the targets of pixels and values', () => {
    const targets = { kind: 'values', values: [[1], [2], [3]] } as const;
    const dataset = createDataset({ sampleShape: [1], inputs: [7, 8, 9], targets });
    const kept = filter(dataset, ({ label, target }) => label === undefined && (target[0] as number) > 2);
    expect(kept.targets).toEqual({ kind: 'values', values: Float32Array.of(3), shape: [1] });
  });

  it('refuses conditions that are none, and that nothing satisfies', () => {
    expect(() => filter(numbered(labels), (async () => true) as never)).toThrow(
      /an object \(Promise\), which keeps returned for sample 0/,
    );
    expect(() => filter(numbered(labels), 'label' as never)).toThrow(withCode('CONVOY_INVALID_OPTION'));
    expect(() => filter(numbered(labels), () => false)).toThrow(withCode('CONVOY_DATASET_TOO_SMALL'));
    expect(() =>
      filter(numbered(labels), () => {
        throw new RangeError('mine');
      }),
    ).toThrow(new RangeError('mine'));
  });
});

describe('subset', () => {
  it.each([[[6]], [[-1]], [[0.5]], [['1']], [[0, undefined]], [[1n]]])('refuses the numbers %o', (indices) => {
    expect(() => subset(numbered(labels), indices as never)).toThrow(withCode('CONVOY_INDEX_OUT_OF_RANGE'));
  });

  it('refuses no numbers, and what are none', () => {
    expect(() => subset(numbered(labels), [])).toThrow(withCode('CONVOY_DATASET_TOO_SMALL'));
    expect(() => subset(numbered(labels), null as never)).toThrow(withCode('CONVOY_INVALID_OPTION'));
    expect(() => subset(numbered(labels), '12' as never)).toThrow(withCode('CONVOY_INVALID_OPTION'));
  });
});

describe('balance', () => {
  it('repeats each sample of a class about equally often', async () => {
    const numbers = await numbersOf(balance(numbered([0, 0, 0, 0, 0, 1, 1, 2])));
    const times = (sample: number) => numbers.filter((number) => number === sample).length;
    expect([0, 1, 2, 3, 4, 7].map(times)).toEqual([1, 1, 1, 1, 1, 5]);
    expect([5, 6].map(times).toSorted()).toEqual([2, 3]);
  });

  it('leaves out classes without samples and the ignored label', () => {
    expect(labelsOf(balance(numbered([0, 0, 255, 2], 3, 255)))).toEqual([0, 2, 0, 2]);
  });

  it('refuses values, and labels of pixels', () => {
    const inputs = [[1], [2]];
    const pixels = createDataset({ inputs, targets: { kind: 'labels', labels: [[0], [1]], classes: 2 } });
    expect(() => balance(pixels)).toThrow(withCode('CONVOY_INVALID_DATA'));
    const values = createDataset({ inputs, targets: { kind: 'values', values: [[1], [2]] } });
    expect(() => balance(values)).toThrow(withCode('CONVOY_INVALID_DATA'));
  });
});

describe('concat', () => {
  it('copies samples of different data sets, and of their parts', async () => {
    const all = concat([numbered([0, 1]), subset(numbered([0, 1, 2]), [2, 0]), subset(numbered([2, 2, 1]), 2)]);
    expect(all.length).toBe(5);
    expect(all.source.samples).toEqual(Uint8Array.of(0, 100, 1, 101, 2, 102, 0, 100, 2, 102));
    expect(labelsOf(all)).toEqual([0, 1, 2, 0, 1]);
    expect(all.targets).toMatchObject({ classes: 3, classNames: ['class 0', 'class 1', 'class 2'] });
  });

  it('takes labels of bytes and of whole numbers together', () => {
    const source = (labels: Uint8Array | number[]) =>
      createDataset({
        sampleShape: [1],
        inputs: new Float32Array(2),
        targets: { kind: 'labels', labels, classes: 300 },
      });
    const all = concat([source(Uint8Array.of(1, 2)), source([299, 0])]);
    expect(all.targets).toMatchObject({ labels: Int32Array.of(1, 2, 299, 0) });
    expect(all.source.samples).toEqual(new Float32Array(4));
  });

  it('refuses data sets that differ, naming the difference', async () => {
    const dataset = numbered(labels);
    const targets = { kind: 'labels', labels: [0], classes: 3 } as const;
    const others = [
      ['samples of shape [2]', createDataset({ sampleShape: [2], inputs: new Uint8Array(2), targets })],
      ['samples of float32', createDataset({ sampleShape: [1, 1, 2], inputs: new Float32Array(2), targets })],
      ['class names none', createDataset({ sampleShape: [1, 1, 2], inputs: new Uint8Array(2), targets })],
      ['classes 4', numbered(labels, 4)],
      ['ignoreLabel 9', numbered(labels, 3, 9)],
      ['normalization scale 1', await withNormalization(dataset, 'none')],
      ['samples that are read', numberedRead(directory, labels)],
    ] as const;
    for (const [message, other] of others) {
      expect(() => concat([dataset, other])).toThrow(withCode('CONVOY_INVALID_DATA'));
      expect(() => concat([dataset, other])).toThrow(`${message}`);
    }
  });

  it('refuses samples that are read from different places, which may be loaded', async () => {
    const reads = [numberedRead(directory, [0, 1]), numberedRead(otherDirectory, [2])];
    expect(() => concat(reads)).toThrow(/load/);
    expect(await numbersOf(concat(await Promise.all(reads.map(load))))).toEqual([0, 1, 0]);
  });

  it.each([[undefined], [numbered(labels)], [[]], [[null]]])('refuses %o', (wrong) => {
    expect(() => concat(wrong as never)).toThrow(expect.objectContaining({ name: 'ConvoyError' }));
  });
});

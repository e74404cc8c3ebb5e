// statistics, withNormalization, duplicatesBetween and map.
import { describe, expect, it } from 'vitest';
import {
  createDataset,
  duplicatesBetween,
  map,
  type NormalizationChoice,
  statistics,
  subset,
  withNormalization,
} from '../../src/index.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { labelsOf, numbered, numberedRead } from './numbered.ts';

const directory = temporaryDirectory();
const withCode = (code: string) => expect.objectContaining({ code });

/** Two channels of two numbers. */
const floats = createDataset({
  sampleShape: [2, 2],
  inputs: Float32Array.of(1, 2, 1e6, 1e6 + 1, 3, 4, 1e6 + 2, 1e6 + 3, 5, 6, 1e6 + 4, 1e6 + 5),
  targets: { kind: 'labels', labels: [0, 2, 2], classes: 4 },
});

describe('statistics', () => {
  it('counts classes, and computes mean and standard deviation of each channel without cancellation', async () => {
    const { length, counts, mean, std } = await statistics(floats);
    expect([length, counts]).toEqual([3, [1, 0, 2, 0]]);
    // Of 1 … 6, and of 0 … 5.
    expect(mean).toEqual([3.5, 1e6 + 2.5]);
    for (const deviation of std) expect(deviation).toBeCloseTo(Math.sqrt(35 / 12), 12);
  });

  it('takes bytes as numbers from 0 to 1, of selected rows only, and reads what is read', async () => {
    const labels = [0, 1, 2, 1];
    const inMemory = await statistics(subset(numbered(labels), [1, 3]));
    // Of 1, 101, 3 and 103.
    expect(inMemory.mean[0]).toBeCloseTo(52 / 255, 12);
    expect(inMemory.std[0]).toBeCloseTo(Math.sqrt(2501) / 255, 12);
    expect(inMemory.counts).toEqual([0, 2, 0]);
    expect(await statistics(subset(numberedRead(directory, labels), [1, 3]))).toEqual(inMemory);
  });

  it('counts the labels of pixels without ignored ones, and no values', async () => {
    const inputs = new Float32Array(2);
    const pixels = {
      kind: 'labels',
      labels: [
        [0, 1],
        [1, 9],
      ],
      classes: 2,
      ignoreLabel: 9,
    } as const;
    expect((await statistics(createDataset({ sampleShape: [1], inputs, targets: pixels }))).counts).toEqual([1, 2]);
    const values = { kind: 'values', values: [[0], [1]] } as const;
    expect(await statistics(createDataset({ sampleShape: [1], inputs, targets: values }))).toEqual({
      length: 2,
      mean: [0],
      std: [0],
    });
  });

  it('refuses what is no data set', async () => {
    await expect(statistics(null as never)).rejects.toThrow(withCode('CONVOY_INVALID_DATA'));
  });
});

describe('normalization', () => {
  const rgb = (normalization?: NormalizationChoice) =>
    createDataset({
      sampleShape: [3, 1, 1],
      inputs: Uint8Array.of(0, 128, 255, 255, 128, 0),
      targets: { kind: 'labels', labels: [0, 1], classes: 2 },
      ...(normalization !== undefined && { normalization }),
    });
  const applied = ({ scale, offset }: ReturnType<typeof rgb>['normalization'], byte: number) =>
    scale.map((factor, channel) => byte * factor + (offset[channel] as number));

  it('is the same in createDataset and afterwards', async () => {
    const choices: NormalizationChoice[] = ['computed', 'imagenet', 'none', { mean: [0, 0, 0], std: [1, 2, 3] }];
    for (const choice of choices) {
      expect((await withNormalization(rgb(), choice)).normalization).toEqual(rgb(choice).normalization);
    }
  });

  it('has the values of its name', async () => {
    const normalizationFor = async (choice: NormalizationChoice) =>
      (await withNormalization(rgb(), choice)).normalization;
    const computed = await normalizationFor('computed');
    expect(applied(computed, 255)).toEqual([1, 127 / 255, 1].map((x) => expect.closeTo(x, 12)));
    const imagenet = await normalizationFor('imagenet');
    expect(applied(imagenet, 255)[0]).toBeCloseTo((1 - 0.485) / 0.229, 12);
    expect(applied(imagenet, 0)[2]).toBeCloseTo(-0.406 / 0.225, 12);
    expect(applied(await normalizationFor('none'), 200)).toEqual([200, 200, 200]);
    expect(applied(await normalizationFor({ scale: [1, 2, 3], offset: [4, 5, 6] }), 2)).toEqual([6, 9, 12]);
  });

  it('of parts is computed from train', async () => {
    const parts = await withNormalization({ train: numbered([0, 1]), test: numbered([0, 1, 2, 2, 2]) }, 'computed');
    const { normalization } = await withNormalization(numbered([0, 1]), 'computed');
    expect([parts.train.normalization, parts.test.normalization]).toEqual([normalization, normalization]);
    expect(parts.test.length).toBe(5);
  });

  it('of samples that are read is computed from them', async () => {
    const read = numberedRead(directory, [0, 1, 2]);
    const { normalization } = await withNormalization(numbered([0, 1, 2]), 'computed');
    expect((await withNormalization(read, 'computed')).normalization).toEqual(normalization);
  });

  it.each([
    ['standard'],
    [undefined],
    [null],
    [{ mean: [1] }],
    [{ mean: [0], std: [-1] }],
    [{ scale: [Number.NaN], offset: [0] }],
    ['imagenet'],
  ])('refuses %o', async (choice) => {
    await expect(withNormalization(numbered([0]), choice as never)).rejects.toThrow(withCode('CONVOY_INVALID_OPTION'));
  });
});

describe('duplicatesBetween', () => {
  it('names the samples that occur in several parts, not those that occur twice in one', async () => {
    const dataset = numbered([0, 1, 2, 0]);
    const parts = {
      train: subset(dataset, [0, 1, 2, 2]),
      test: subset(dataset, [3, 1, 1]),
      validation: subset(dataset, [1]),
    };
    expect(await duplicatesBetween(parts)).toEqual([{ train: [1], test: [1, 2], validation: [0] }]);
    const read = numberedRead(directory, [0]);
    expect(await duplicatesBetween({ train: dataset, test: read })).toEqual([{ train: [0], test: [0] }]);
    expect(await duplicatesBetween({ train: dataset, validation: undefined })).toEqual([]);
  });

  it.each([[undefined], [[]], [numbered([0])], [{ train: 1 }], [{ train: numbered([0]), test: floats }]])(
    'refuses %o',
    async (wrong) => {
      await expect(duplicatesBetween(wrong as never)).rejects.toThrow(withCode('CONVOY_INVALID_DATA'));
    },
  );
});

describe('map', () => {
  it('changes samples in memory and samples that are read, with what is known of them', async () => {
    for (const dataset of [numbered([0, 2]), numberedRead(directory, [0, 2])]) {
      const mapped = await map(dataset, (numbers, { index, label = 0 }) => numbers.map((x) => 10 * index + label + x));
      expect(mapped.source).toEqual({ kind: 'stored', samples: Uint8Array.of(0, 100, 13, 113) });
      expect([mapped.length, labelsOf(mapped), mapped.normalization]).toEqual([2, [0, 2], dataset.normalization]);
    }
  });

  it('may change the type and the shape, and leaves its data set as it was', async () => {
    const dataset = numbered([0, 1]);
    const halves = await map(dataset, (numbers) => Float32Array.of(...numbers, 0.5), { sampleShape: [3] });
    expect(halves).toMatchObject({ sampleShape: [3], normalization: { scale: [1, 1, 1], offset: [0, 0, 0] } });
    expect(halves.source.samples).toEqual(Float32Array.of(0, 100, 0.5, 1, 101, 0.5));
    await map(dataset, (numbers) => numbers.fill(7));
    expect([...dataset.source.samples]).toEqual([0, 100, 1, 101]);
  });

  it.each([
    ['CONVOY_INVALID_DATA', () => new Uint8Array(3)],
    ['CONVOY_INVALID_DATA', () => [1, 2]],
    ['CONVOY_INVALID_DATA', async () => new Uint8Array(2)],
    [
      'CONVOY_INVALID_DATA',
      (_: unknown, { index }: { index: number }) => (index ? new Float32Array(2) : new Uint8Array(2)),
    ],
    ['CONVOY_NOT_FINITE', () => Float32Array.of(1, Number.NaN)],
    ['CONVOY_INVALID_OPTION', 'change'],
  ])('refuses with %s: %o', async (code, change) => {
    await expect(map(numbered([0, 1]), change as never)).rejects.toThrow(withCode(code));
  });
});

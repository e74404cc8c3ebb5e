// What people look at: previews and contact sheets.
import { createDataset, type Dataset, subset } from '@convoy/datasets';
import {
  Augmenter,
  brightness,
  contactSheet,
  horizontalFlip,
  mixup,
  preview,
  randomCrop,
  rotate,
} from '@convoy/datasets/augment';
import { describe, expect, it } from 'vitest';
import { everything } from './everything.ts';

const SIZE = 3 * 4 * 5;
const inputs = Uint8Array.from({ length: 6 * SIZE }, (_, i) => (i * 7) & 255);
const sampleShape = [3, 4, 5];
const labels = { kind: 'labels', labels: new Uint8Array(6), classes: 2 } as const;
const dataset = createDataset({ sampleShape, inputs, targets: labels });

describe('preview', () => {
  it('has the rows that an augmenter makes', async () => {
    const { rows, shape, masks } = await preview(dataset, { augment: everything, seed: 4, epoch: 2 });
    expect(shape).toEqual([6, 3, 4, 5]);
    expect(masks).toBeUndefined();
    const augmenter = new Augmenter(everything, { sampleShape, element: 'uint8', seed: 4 });
    const expected = new Uint8Array(6 * SIZE);
    for (let sample = 0; sample < 6; sample++) {
      augmenter.apply(inputs, sample * SIZE, expected, sample * SIZE, 2, sample);
    }
    expect(rows).toEqual(expected);
  });

  it('has as many samples as requested, of float32 numbers too', async () => {
    const floats = createDataset({ sampleShape, inputs: Float32Array.from(inputs), targets: labels });
    const options = { augment: [horizontalFlip({ probability: 1 })], seed: 4, epoch: 0, samples: 2 };
    const { rows, shape } = await preview(floats, options);
    expect(shape).toEqual([2, 3, 4, 5]);
    expect([...rows.subarray(0, 5)]).toEqual([...inputs.subarray(0, 5)].toReversed());
  });

  it('has the labels of pixels', async () => {
    const masks = createDataset({
      ...{ sampleShape, inputs },
      targets: {
        ...labels,
        labels: Uint8Array.from({ length: 120 }, (_, i) => (i + Math.floor(i / 20)) & 1),
        shape: [4, 5],
        ignoreLabel: 9,
      },
    });
    const seen = await preview(masks, { augment: [randomCrop({ padding: 9, size: [4, 5] })], seed: 1, epoch: 0 });
    expect(seen.masks).toHaveLength(120);
    expect(seen.masks).toContain(9);
    const flipped = await preview(masks, { augment: [horizontalFlip({ probability: 1 })], seed: 1, epoch: 0 });
    expect([...(flipped.masks ?? [])].slice(0, 10)).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    expect([...(flipped.masks ?? [])].slice(20, 25)).toEqual([1, 0, 1, 0, 1]);
  });

  it('reads the samples of every kind of source, also through a view', async () => {
    const module = new URL('../programs/counting-reader.ts', import.meta.url).href;
    const read: Dataset = { ...dataset, source: { kind: 'read', element: 'uint8', module, options: { add: 3 } } };
    const { rows } = await preview(subset(read, 2), { augment: [], seed: 1, epoch: 0 });
    expect([rows.length, rows[0], rows[SIZE]]).toEqual([4 * SIZE, 5, 6]);
    const stored = await preview(subset(dataset, 4), { augment: [], seed: 1, epoch: 0 });
    expect([...stored.rows]).toEqual([...inputs.subarray(4 * SIZE)]);
  });

  it.each([
    ['CONVOY_INVALID_OPTION', { augment: [mixup()], seed: 1, epoch: 0 }],
    ['CONVOY_INVALID_OPTION', { augment: [], seed: 1, epoch: 0, samples: 7 }],
    ['CONVOY_INVALID_OPTION', { augment: [], seed: 1, epoch: 2 ** 32 }],
    ['CONVOY_INVALID_OPTION', { augment: [], seed: 1, epoch: 0, sample: 1 }],
    ['CONVOY_UNKNOWN_NAME', { augment: [{ type: 'spin', settings: {} }], seed: 1, epoch: 0 }],
  ])('rejects wrong options: %s for %j', async (code, options) => {
    await expect(preview(dataset, options)).rejects.toMatchObject({ code });
  });

  it('rejects samples that are no images', async () => {
    const points = createDataset({ sampleShape: [2], inputs: new Uint8Array(12), targets: labels });
    const expected = { code: 'CONVOY_SHAPE_MISMATCH', given: 'samples of shape [2] to augment' };
    await expect(preview(points, { augment: [horizontalFlip()], seed: 1, epoch: 0 })).rejects.toMatchObject(expected);
    await expect(preview({} as never, { augment: [], seed: 1, epoch: 0 })).rejects.toMatchObject({
      code: 'CONVOY_INVALID_DATA',
    });
  });
});

describe('contactSheet', () => {
  const GAP = 2;
  const augment = [rotate({ degrees: 90, fill: 3 })];
  const options = { augment, seed: 2, epoch: 5, rows: 2, columns: 3 };

  it('shows samples and their augmented forms, in color', async () => {
    const { pixels, height, width, channels } = await contactSheet(dataset, options);
    expect([height, width, channels]).toEqual([2 * (4 + GAP) + GAP, 3 * (5 + GAP) + GAP, 3]);
    expect(pixels).toHaveLength(height * width * 3);
    const epochs = [5, 6].map((epoch) => preview(dataset, { augment, seed: 2, epoch, samples: 2 }));
    const columns = [inputs, ...(await Promise.all(epochs)).map(({ rows }) => rows)];
    const seen = new Set<number>();
    for (const [column, rows] of columns.entries()) {
      for (let n = 0; n < 2 * SIZE; n++) {
        const [sample, channel] = [Math.floor(n / SIZE), Math.floor(n / 20) % 3];
        const [i, j] = [Math.floor(n / 5) % 4, n % 5];
        const at = ((GAP + sample * (4 + GAP) + i) * width + GAP + column * (5 + GAP) + j) * 3 + channel;
        expect(pixels[at]).toBe(rows[n]);
        seen.add(at);
      }
    }
    expect(pixels.every((level, at) => seen.has(at) || level === 96)).toBe(true);
  });

  it('makes pixels larger', async () => {
    const small = await contactSheet(dataset, { ...options, rows: 1, columns: 1 });
    const large = await contactSheet(dataset, { ...options, rows: 1, columns: 1, zoom: 3 });
    expect([large.height, large.width]).toEqual([3 * 4 + 2 * GAP, 3 * 5 + 2 * GAP]);
    const level = (sheet: typeof small, i: number, j: number) => sheet.pixels[(i * sheet.width + j) * 3];
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 15; j++) {
        const original = level(small, GAP + Math.floor(i / 3), GAP + Math.floor(j / 3));
        expect(level(large, GAP + i, GAP + j)).toBe(original);
      }
    }
  });

  it('shows one channel in gray, and stretches float32 numbers', async () => {
    const floats = createDataset({
      ...{ sampleShape: [2, 2, 2], targets: labels },
      inputs: Float32Array.from({ length: 48 }, (_, i) => i / 8 - 3),
    });
    const sheet = await contactSheet(floats, { augment: [brightness({ factor: [1, 1] })], seed: 1, columns: 2 });
    expect([sheet.channels, sheet.height]).toEqual([1, 6 * (2 + GAP) + GAP]);
    expect([sheet.pixels[GAP * sheet.width + GAP], sheet.pixels[GAP * sheet.width + GAP + 1]]).toEqual([0, 5]);
  });

  it.each([
    { ...options, rows: 7 },
    { ...options, zoom: 0 },
    { ...options, columns: 1001 },
    { ...options, augment: undefined },
  ])('rejects wrong options', async (wrong) => {
    await expect(contactSheet(dataset, wrong as typeof options)).rejects.toMatchObject({
      code: 'CONVOY_INVALID_OPTION',
    });
  });

  it('rejects a picture that is too large', async () => {
    const one = createDataset({
      sampleShape: [1, 500, 500],
      inputs: new Uint8Array(250_000),
      targets: { ...labels, labels: [1] },
    });
    const call = contactSheet(one, { augment: [], seed: 1, columns: 900, zoom: 64 });
    await expect(call).rejects.toMatchObject({
      code: 'CONVOY_INVALID_OPTION',
      given: expect.stringContaining('zoom: 64'),
    });
  });
});

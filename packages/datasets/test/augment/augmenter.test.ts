// The augmenter: what its results depend on, the memory that it uses, labels of pixels, threads.
import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import {
  type Augmentation,
  Augmenter,
  affine,
  brightness,
  horizontalFlip,
  randomCrop,
  rotate,
  sometimes,
  translate,
  verticalFlip,
} from '@convoy/datasets/augment';
import { RandomStream } from '@convoy/tensor/random';
import { describe, expect, it, test } from 'vitest';
import { augmented } from './augmented.ts';
import { everything } from './everything.ts';
import { invert } from './invert.ts';

const options = { sampleShape: [3, 20, 18], element: 'uint8', seed: 11 } as const;
const SIZE = 3 * 20 * 18;
const random = new RandomStream(1, 'pixels');
const row = Uint8Array.from({ length: SIZE }, (_, i) => (128 + 40 * random.normal(i)) & 255);

/** The augmented forms of one row under the keys of several samples. */
function forms(operations: readonly Augmentation[], samples: readonly number[], epoch = 2) {
  const augmenter = new Augmenter(operations, options);
  const to = new Uint8Array(SIZE);
  return samples.map((sample) => {
    augmenter.apply(row, 0, to, 0, epoch, sample);
    return to.slice();
  });
}

const first = Array.from({ length: 40 }, (_, sample) => sample);

describe('augmented samples', () => {
  it('do not depend on the samples before', () => {
    expect(forms(everything, first.toReversed()).toReversed()).toEqual(forms(everything, first));
  });

  it('are the same in another thread, also for operations that users define', async () => {
    const operations = [...everything, sometimes(0.5, invert())];
    const worker = new Worker(new URL('../programs/augment-worker.ts', import.meta.url), {
      workerData: { operations, options, samples: first, row },
      execArgv: ['--conditions=@convoy/source'],
    });
    const seen = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    expect(seen).toEqual(forms(operations, first));
    expect(seen).not.toEqual(forms(everything, first));
  });

  it('have the same bits on every machine and version of Node', () => {
    const hash = createHash('sha256');
    for (const form of forms(everything, first)) hash.update(form);
    expect(hash.digest('hex')).toBe('53b95eca8871cf23a811b1618c1e4656bd72eaf94ab167cee757a3a4aee9f368');
  });

  it('are written where they should be, from where they should be read', () => {
    const [expected] = forms(everything, [5]);
    const shared = new Uint8Array(new SharedArrayBuffer(3 * SIZE + 7)).fill(77);
    shared.set(row, 7);
    new Augmenter(everything, options).apply(shared, 7, shared, 2 * SIZE, 2, 5);
    expect(shared.slice(2 * SIZE, 3 * SIZE)).toEqual(expected);
    expect(shared.slice(7, 7 + SIZE)).toEqual(row);
    for (const i of [0, 6, 7 + SIZE, 2 * SIZE - 1, 3 * SIZE]) expect(shared[i]).toBe(77);
  });

  it('without operations are copies', () => {
    expect(forms([], [3])).toEqual([row]);
  });
});

describe('composition', () => {
  it('does not lose what one operation moves out of the image and the next one moves back', () => {
    const there = translate({ x: [0.5, 0.5] });
    const back = translate({ x: [-0.5, -0.5] });
    expect(augmented(row, options.sampleShape, [there, back])).toEqual(row);
    const other = translate({ x: [-0.5, -0.5], fill: 1 });
    expect(augmented(row, options.sampleShape, [there, other])).not.toEqual(row);
  });

  it('ends at operations on pixels and at other samplings', () => {
    const turn = rotate({ degrees: [30, 30] });
    const turnBack = rotate({ degrees: [-30, -30] });
    expect(augmented(row, options.sampleShape, [turn, horizontalFlip({ probability: 0 }), turnBack])).toEqual(row);
    const between = brightness({ factor: [1, 1] });
    expect(augmented(row, options.sampleShape, [turn, between, turnBack])).not.toEqual(row);
    const nearest = rotate({ degrees: [-30, -30], interpolation: 'nearest' });
    expect(augmented(row, options.sampleShape, [turn, nearest])).not.toEqual(row);
  });

  test('four quarter turns change nothing, and each is exact', () => {
    const square = row.slice(0, 400);
    const quarter = rotate({ degrees: [90, 90] });
    expect(augmented(square, [1, 20, 20], [quarter, quarter, quarter, quarter])).toEqual(square);
    const once = augmented(square, [1, 20, 20], [quarter]);
    // Counterclockwise: the right column becomes the top row.
    expect([...once.slice(0, 20)]).toEqual(Array.from({ length: 20 }, (_, i) => square[i * 20 + 19]));
  });
});

describe('labels of pixels', () => {
  const shape = [20, 18];
  const masks = { ...options, maskShape: shape, fillLabel: -1 };
  // The number of a pixel is its label, and its color in two bytes.
  const numbers = Int32Array.from({ length: 360 }, (_, i) => i);
  const picture = Uint8Array.from({ length: SIZE }, (_, i) => (i < 360 ? i >> 8 : i < 720 ? (i - 360) & 255 : 200));

  it('move as their pixels do', () => {
    const operations = [
      randomCrop({ padding: 4, fill: [0, 0, 7] }),
      horizontalFlip(),
      affine({ degrees: 30, scale: [0.7, 1.2], shear: 10, fill: [0, 0, 7], interpolation: 'nearest' }),
      // Draws the pixels, so that what follows resamples a second time.
      brightness({ factor: [1, 1] }),
      rotate({ degrees: 30, fill: [0, 0, 7], interpolation: 'nearest' }),
      verticalFlip(),
    ];
    const augmenter = new Augmenter(operations, masks);
    const to = new Uint8Array(SIZE);
    const labels = new Int32Array(360);
    for (let sample = 0; sample < 50; sample++) {
      augmenter.apply(picture, 0, to, 0, 1, sample);
      augmenter.applyToMask(numbers, 0, labels, 0);
      const expected = Array.from(labels, (_, i) => {
        if (to[720 + i] === 7) return -1;
        return ((to[i] as number) << 8) | (to[360 + i] as number);
      });
      expect([...labels]).toEqual(expected);
    }
  });

  it('have offsets, and may be bytes', () => {
    const augmenter = new Augmenter([horizontalFlip({ probability: 1 })], { ...options, maskShape: shape });
    const to = new Uint8Array(SIZE);
    augmenter.apply(picture, 0, to, 0, 0, 0);
    const labels = new Int32Array(370).fill(5);
    augmenter.applyToMask(
      Uint8Array.from({ length: 363 }, (_, i) => i & 127),
      3,
      labels,
      10,
    );
    expect([labels[9], labels[10], labels[27], labels[369]]).toEqual([5, 20, 3, (3 + 342) & 127]);
  });

  it('need a label for what is outside, where an operation shows it', () => {
    const without = { ...options, maskShape: shape };
    expect(() => new Augmenter([sometimes(0.1, rotate({ degrees: 5 }))], without)).toThrow(
      expect.objectContaining({ code: 'CONVOY_INVALID_OPTION', given: expect.stringContaining('no fillLabel') }),
    );
    expect(() => new Augmenter([randomCrop(), verticalFlip()], without)).not.toThrow();
    expect(() => new Augmenter([], { ...masks, maskShape: [10, 9] })).toThrow(
      expect.objectContaining({ code: 'CONVOY_SHAPE_MISMATCH' }),
    );
    expect(() => new Augmenter([], { ...masks, fillLabel: 0.5 })).toThrow(
      expect.objectContaining({ code: 'CONVOY_INVALID_OPTION' }),
    );
    const none = new Augmenter([], options);
    expect(() => none.applyToMask(numbers, 0, new Int32Array(360), 0)).toThrow(
      expect.objectContaining({ given: 'no maskShape' }),
    );
  });
});

it('allocates no arrays for a sample', () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const augmenter = new Augmenter(everything, options);
  const to = new Uint8Array(SIZE);
  const augment = (count: number) => {
    for (let sample = 0; sample < count; sample++) augmenter.apply(row, 0, to, 0, 0, sample);
  };
  augment(1000);
  gc();
  const before = process.memoryUsage();
  augment(1000);
  const after = process.memoryUsage();
  expect(after.arrayBuffers).toBeLessThanOrEqual(before.arrayBuffers);
  // What remains are single numbers that the engine boxes, 16 bytes each. One number for each pixel would be 17 kB.
  expect((after.heapUsed - before.heapUsed) / 1000).toBeLessThan(4000);
});

describe('wrong arguments of apply', () => {
  const augmenter = new Augmenter(everything, options);
  const to = new Uint8Array(SIZE);
  const loose = (value: unknown) => value as Uint8Array;

  test.each([
    ['CONVOY_INVALID_DATA', () => augmenter.apply(loose(new Float32Array(SIZE)), 0, to, 0, 0, 0)],
    ['CONVOY_INVALID_DATA', () => augmenter.apply(row, 0, loose([1, 2]), 0, 0, 0)],
    ['CONVOY_INDEX_OUT_OF_RANGE', () => augmenter.apply(row, 1, to, 0, 0, 0)],
    ['CONVOY_INDEX_OUT_OF_RANGE', () => augmenter.apply(row, 0, to, -1, 0, 0)],
    ['CONVOY_INVALID_OPTION', () => augmenter.apply(row, 0, to, 0, -1, 0)],
    ['CONVOY_INVALID_OPTION', () => augmenter.apply(row, 0, to, 0, 0, 2 ** 32)],
  ])('%s', (code, call) => {
    expect(call).toThrow(expect.objectContaining({ code }));
  });
});

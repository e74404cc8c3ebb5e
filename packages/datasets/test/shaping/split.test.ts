import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDataset, type Dataset, split } from '../../src/index.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { labelsOf, numbered, numberedRead, numbersOf } from './numbered.ts';

const directory = temporaryDirectory();
const withCode = (code: string) => expect.objectContaining({ code });
const sorted = [...Array(60).fill(0), ...Array(30).fill(1), ...Array(10).fill(2)];
const counted = (dataset: Dataset) => [0, 1, 2].map((label) => labelsOf(dataset).filter((one) => one === label).length);

describe('split', () => {
  it('gives each part its share of each class, though the samples are sorted by class', () => {
    const parts = split(numbered(sorted), { fractions: { train: 0.8, validation: 0.1, test: 0.1 } });
    expect(counted(parts.train)).toEqual([48, 24, 8]);
    expect(counted(parts.validation)).toEqual([6, 3, 1]);
    expect(counted(parts.test)).toEqual([6, 3, 1]);
  });

  it('gives each sample with its own label to one part', async () => {
    const parts = split(numbered(sorted), { fractions: [0.7, 0.2, 0.1] });
    expect(parts.map(({ length }) => length)).toEqual([70, 20, 10]);
    const numbers = (await Promise.all(parts.map(numbersOf))).flat();
    expect(numbers.toSorted((a, b) => a - b)).toEqual(sorted.map((_, i) => i));
    expect(parts.flatMap(labelsOf)).toEqual(numbers.map((number) => sorted[number]));
  });

  it('copies no samples', () => {
    const dataset = numbered(sorted);
    const [part] = split(dataset, { counts: [10] });
    expect(part?.source.samples).toBe(dataset.source.samples);
  });

  it('depends on the seed, and on nothing else', async () => {
    const numbersFor = async (seed: number, dataset: Dataset) => numbersOf(split(dataset, { counts: [20], seed })[0]);
    const numbers = await numbersFor(1, numbered(sorted));
    expect(numbers).toEqual(await numbersFor(1, numberedRead(directory, sorted)));
    expect(numbers).not.toEqual(await numbersFor(2, numbered(sorted)));
    // Pinned: the same seed gives the same parts in every version.
    expect(numbers).toMatchInlineSnapshot(`
      [
        61,
        39,
        27,
        95,
        86,
        47,
        32,
        74,
        38,
        8,
        77,
        49,
        6,
        91,
        76,
        30,
        37,
        82,
        0,
        53,
      ]
    `);
  });

  it('is shuffled without regard to classes where it is told so, and for values', async () => {
    const [part] = split(numbered(sorted), { counts: [50], stratified: false });
    const numbers = await numbersOf(part);
    expect(numbers).not.toEqual(numbers.toSorted((a, b) => a - b));
    expect(Math.max(...numbers)).toBeGreaterThan(80);
    const inputs = new Uint8Array(10);
    const values = createDataset({
      sampleShape: [1],
      inputs,
      targets: { kind: 'values', values: [...inputs.keys()], shape: [] },
    });
    const [few, rest] = split(values, { counts: [3, 7] });
    const numbersOfParts = [few, rest].flatMap(({ targets }) => (targets.kind === 'values' ? [...targets.values] : []));
    expect(numbersOfParts.toSorted((a, b) => a - b)).toEqual([...inputs.keys()]);
  });

  it('deviates from the share of a class by fewer samples than there are classes', () => {
    const labels = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 10, maxLength: 300 });
    fc.assert(
      fc.property(labels, fc.double({ min: 0.2, max: 0.8, noNaN: true }), fc.nat(), (all, fraction, seed) => {
        const [part] = split(numbered(all), { fractions: [fraction], seed });
        const whole = counted(numbered(all));
        for (const [label, count] of counted(part).entries()) {
          expect(Math.abs(count - (whole[label] as number) * fraction)).toBeLessThan(3);
        }
      }),
    );
  });

  it.each([
    [{}, 'CONVOY_INVALID_OPTION', /neither fractions nor counts/],
    [{ fractions: [0.5], counts: [1] }, 'CONVOY_INVALID_OPTION', /fractions and counts/],
    [{ fractions: [] }, 'CONVOY_INVALID_OPTION', /fractions: \[\]/],
    [{ fractions: [0.5, 0.6] }, 'CONVOY_INVALID_OPTION', /the sum 1\.1/],
    [{ fractions: [0.5, 0] }, 'CONVOY_INVALID_OPTION', /fractions\[1\]: 0/],
    [{ fractions: { train: '1' } }, 'CONVOY_INVALID_OPTION', /fractions\.train: "1"/],
    // biome-ignore lint/suspicious/noSparseArray: a hole is a wrong size.
    [{ counts: [1, , 1] }, 'CONVOY_INVALID_OPTION', /counts\[1\]: undefined/],
    [{ counts: [50, 51] }, 'CONVOY_DATASET_TOO_SMALL', /part 1 of 51 samples/],
    [{ fractions: { train: 0.999, test: 0.001 } }, 'CONVOY_DATASET_TOO_SMALL', /the part "test" of 0 samples/],
    [{ fractions: [0.5], seed: -1 }, 'CONVOY_INVALID_OPTION', /seed: -1/],
    [{ fractions: [0.5], stratify: true }, 'CONVOY_INVALID_OPTION', /"stratify"/],
    [20, 'CONVOY_INVALID_OPTION', /20 as the options of split/],
  ])('refuses %o', (options, code, message) => {
    expect(() => split(numbered(sorted), options as never)).toThrow(withCode(code));
    expect(() => split(numbered(sorted), options as never)).toThrow(message);
  });

  it('refuses to stratify what has no classes', () => {
    const values = createDataset({
      sampleShape: [1],
      inputs: [1, 2, 3],
      targets: { kind: 'values', values: [[1], [2], [3]] },
    });
    expect(() => split(values, { counts: [1], stratified: true })).toThrow(withCode('CONVOY_INVALID_DATA'));
  });
});

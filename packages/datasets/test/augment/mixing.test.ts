// Mixup and CutMix: the distribution of weights, partners, rows and targets.
import {
  type Augmentation,
  Augmenter,
  cutmix,
  horizontalFlip,
  isMix,
  Mixer,
  mixup,
  sometimes,
} from '@convoy/datasets/augment';
import { RandomStream } from '@convoy/tensor/random';
import { describe, expect, it } from 'vitest';
import { drawBeta } from '../../src/augment/mixing/beta.ts';

const form = { sampleShape: [2, 6, 5], element: 'uint8', seed: 3 } as const;
const SIZE = 60;

describe('drawBeta', () => {
  const draws = (alpha: number, count = 20_000) => {
    const random = new RandomStream(0, '');
    const parent = new RandomStream(1, `beta ${alpha}`);
    return Array.from({ length: count }, (_, i) => {
      random.enterSubstream(parent, i);
      return drawBeta(random, alpha);
    });
  };

  it.each([0.001, 0.05, 0.2, 0.5, 1, 2, 8, 300])('has the moments of Beta(%f, %f)', (alpha) => {
    const numbers = draws(alpha);
    expect(numbers.every((number) => number >= 0 && number <= 1)).toBe(true);
    const n = numbers.length;
    const variance = 1 / (4 * (2 * alpha + 1));
    const fourth = (3 * variance * (2 * alpha + 1)) / (2 * alpha + 3);
    const moment = (power: number) => numbers.reduce((sum, number) => sum + (number - 0.5) ** power, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(variance / n));
    expect(Math.abs(moment(2) - variance)).toBeLessThan(4 * Math.sqrt((fourth * variance - variance ** 2) / n) + 1e-9);
  });

  it('is uniform for α = 1: every tenth gets its share', () => {
    const numbers = draws(1);
    const counts = Array.from({ length: 10 }, (_, i) => numbers.filter((x) => Math.floor(x * 10) === i).length);
    const chiSquare = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(chiSquare).toBeLessThan(27.9); // exceeded by chance once in 1000 seeds
  });

  it('has the distribution function of the arcsine law for α = ½', () => {
    const numbers = draws(0.5);
    for (const x of [0.01, 0.1, 0.3, 0.7]) {
      const expected = (2 / Math.PI) * Math.asin(Math.sqrt(x));
      const seen = numbers.filter((number) => number <= x).length / numbers.length;
      expect(Math.abs(seen - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / numbers.length));
    }
  });

  it('has the same bits everywhere', () => {
    expect(draws(0.2, 3)).toEqual([0.416379252136735, 0.02076247277510036, 0.9983716900163059]);
  });
});

const rowOf = (sample: number) => Uint8Array.from({ length: SIZE }, (_, i) => (sample * 97 + i * 13) & 255);

describe('partners', () => {
  const mixer = new Mixer([mixup()], form);

  it('are other samples, each of them once', () => {
    for (let batch = 0; batch < 50; batch++) {
      mixer.enter(1, batch, 7);
      const partners = [0, 1, 2, 3, 4, 5, 6].map((position) => mixer.partnerOf(position));
      expect(partners.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(partners.some((partner, position) => partner === position)).toBe(false);
    }
  });

  it('are drawn: all others are equally likely', () => {
    const counts = new Array<number>(8).fill(0);
    for (let batch = 0; batch < 7000; batch++) {
      mixer.enter(0, batch, 8);
      counts[mixer.partnerOf(0)] = (counts[mixer.partnerOf(0)] as number) + 1;
    }
    expect(counts[0]).toBe(0);
    for (const count of counts.slice(1)) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000));
  });

  it('a sample alone is its own partner', () => {
    mixer.enter(0, 0, 1);
    expect(mixer.partnerOf(0)).toBe(0);
  });
});

/** Mixes the rows of samples 1 and 2. */
function mixed(mixes: readonly Augmentation[], epoch: number, batch: number) {
  const mixer = new Mixer(mixes, form);
  mixer.enter(epoch, batch, 4);
  const row = new Uint8Array(SIZE + 3);
  row.set(rowOf(1), 3);
  const partner = new Uint8Array(SIZE + 5);
  partner.set(rowOf(2), 5);
  mixer.mix(row, 3, partner, 5);
  expect([...row.subarray(0, 3)]).toEqual([0, 0, 0]);
  expect([...partner.subarray(5)]).toEqual([...rowOf(2)]);
  return { row: row.subarray(3), weight: mixer.weight, mixer };
}

describe('mixup', () => {
  it('is the weighted mean of rows and of targets', () => {
    for (let batch = 0; batch < 50; batch++) {
      const { row, weight, mixer } = mixed([mixup({ alpha: 0.7 })], 2, batch);
      const [own, other] = [rowOf(1), rowOf(2)];
      const expected = Array.from(own, (v, i) => Math.round(weight * v + (1 - weight) * (other[i] as number)));
      expect(expected.every((v, i) => Math.abs(v - (row[i] as number)) <= 1)).toBe(true);
      const targets = Float32Array.of(9, 1, 0, 0);
      mixer.mixTargets(targets, 1, Float32Array.of(0, 0, 0, 1), 1, 3);
      expect(targets[0]).toBe(9);
      for (const [i, target] of [weight, 0, 1 - weight].entries()) expect(targets[i + 1]).toBeCloseTo(target, 6);
    }
  });

  it('mixes float32 numbers without a limit', () => {
    const mixer = new Mixer([mixup()], { ...form, element: 'float32' });
    mixer.enter(0, 0, 2);
    const row = new Float32Array(SIZE).fill(-3);
    mixer.mix(row, 0, new Float32Array(SIZE).fill(700), 0);
    expect(row[7]).toBeCloseTo(-3 * mixer.weight + 700 * (1 - mixer.weight), 3);
  });

  it('mixes the share of mini-batches that was given', () => {
    const mixer = new Mixer([mixup({ probability: 0.3 })], form);
    let count = 0;
    for (let batch = 0; batch < 5000; batch++) {
      mixer.enter(0, batch, 8);
      if (mixer.weight < 1) count++;
    }
    expect(Math.abs(count / 5000 - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / 5000));
  });
});

describe('cutmix', () => {
  it('takes a rectangle from the partner, and weighs the targets by the areas', () => {
    const areas = new Set<number>();
    for (let batch = 0; batch < 200; batch++) {
      const { row, weight } = mixed([cutmix()], 0, batch);
      const fromPartner = Array.from(row, (v, i) => v !== rowOf(1)[i]);
      expect(Array.from(row).every((v, i) => v === (fromPartner[i] ? rowOf(2) : rowOf(1))[i])).toBe(true);
      const [first, second] = [fromPartner.slice(0, 30), fromPartner.slice(30)];
      expect(second).toEqual(first);
      const cells = first.flatMap((is, i) => (is ? [[Math.floor(i / 5), i % 5] as const] : []));
      const extent = (axis: 0 | 1) => {
        const places = cells.map((cell) => cell[axis]);
        return cells.length === 0 ? 0 : Math.max(...places) - Math.min(...places) + 1;
      };
      expect(extent(0) * extent(1)).toBe(cells.length);
      expect(weight).toBeCloseTo(1 - cells.length / 30, 12);
      areas.add(cells.length);
    }
    expect(areas.size).toBeGreaterThan(5);
  });
});

it('cutmix has the rectangle of its draws', () => {
  const [height, width] = [40, 30];
  const large = new Mixer([cutmix({ alpha: 0.8 })], { ...form, sampleShape: [1, height, width] });
  for (let batch = 0; batch < 100; batch++) {
    large.enter(6, batch, 4);
    // The substream of the mini-batch has one for each mix.
    const [ofBatch, random] = [new RandomStream(0, ''), new RandomStream(0, '')];
    ofBatch.enterSubstream(new RandomStream(form.seed, 'mix', 6), batch);
    random.enterSubstream(ofBatch, 0);
    const side = Math.sqrt(1 - drawBeta(random, 0.8));
    const [rows, columns] = [Math.floor((side * height) / 2), Math.floor((side * width) / 2)];
    const [i, j] = [Math.floor(random.uniform(8193) * height), Math.floor(random.uniform(8194) * width)];
    const visibleRows = Math.min(i + rows, height) - Math.max(i - rows, 0);
    const visibleColumns = Math.min(j + columns, width) - Math.max(j - columns, 0);
    expect(large.weight).toBeCloseTo(1 - (visibleRows * visibleColumns) / (height * width), 12);
  }
});

describe('a mixer', () => {
  it('depends on seed, epoch and batch alone', () => {
    const mixes = [mixup({ alpha: 0.2 }), cutmix({ alpha: 1 })];
    const weights = (mixer: Mixer, batches: readonly number[]) =>
      batches.map((batch) => {
        mixer.enter(4, batch, 16);
        return [mixer.weight, mixer.partnerOf(3)];
      });
    const forward = weights(new Mixer(mixes, form), [0, 1, 2, 3, 4, 5]);
    expect(weights(new Mixer(mixes, form), [5, 4, 3, 2, 1, 0]).toReversed()).toEqual(forward);
    expect(weights(new Mixer(mixes, { ...form, seed: 4 }), [0, 1, 2, 3, 4, 5])).not.toEqual(forward);
    expect(new Set(forward.map(([weight]) => weight)).size).toBe(6);
  });

  it('takes each of its mixes', () => {
    // Mixup of all rows, or nothing: probability tells which was drawn.
    const mixer = new Mixer([mixup({ probability: 0 }), mixup({ probability: 1 })], form);
    let count = 0;
    for (let batch = 0; batch < 4000; batch++) {
      mixer.enter(0, batch, 8);
      if (mixer.weight < 1) count++;
    }
    expect(Math.abs(count / 4000 - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 4000));
  });

  it('is not for augmentations of single samples, nor an augmenter for mixes', () => {
    expect([isMix(mixup()), isMix(cutmix()), isMix(horizontalFlip())]).toEqual([true, true, false]);
    const invalid = (text: string) => expect.objectContaining({ code: 'CONVOY_INVALID_OPTION', given: text });
    expect(() => new Mixer([horizontalFlip()], form)).toThrow(invalid('mixes[0]: horizontalFlip'));
    expect(() => new Mixer([], form)).toThrow(invalid('an empty list'));
    expect(() => new Augmenter([mixup()], form)).toThrow(invalid('operations[0]: mixup'));
    expect(() => sometimes(0.5, cutmix())).toThrow(invalid('operation: cutmix'));
    expect(() => mixup({ alpha: 0 })).toThrow(expect.objectContaining({ code: 'CONVOY_INVALID_OPTION' }));
  });
});

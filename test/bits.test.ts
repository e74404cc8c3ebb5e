// The bits of a version are pinned: these hashes change only together with `ARITHMETIC` and a decision record. `npm run campaign:bits` runs all
// cases of bits.json; this is a sample with every model, every combination of an optimizer and a step size, the learner, and 1 to 3 workers.
import { ARITHMETIC } from '@convoy/layers/compile';
import { describe, expect, it } from 'vitest';
import { type BitsCase, bitsCases, bitsOfLearner, bitsOfTrainer, readBits } from './bits.ts';

const { arithmetic, hashes } = readBits();
const cases = bitsCases();

/**
 * One case per model besides LeNet-5, whose steps are the cheapest. A step of the larger models costs seconds, so they run either on the
 * calling thread (0) or on workers.
 */
const sample = [
  { name: 'cifarCnn / adam / batch 52', workers: [0, 2] },
  { name: 'mobileNetSmall / adamW, average, clipping / accumulate 2', workers: [0, 2] },
  { name: 'resnet20 / sgd / batch 52', workers: [0, 3] },
  { name: 'resnet20 (sync) / adamW, average, clipping / batch 52', workers: [2] },
  { name: 'resnet32 / adam / batch 52', workers: [2] },
  { name: 'resnet56 / sgd / batch 52', workers: [0] },
  { name: 'uNetSmall / sgd / batch 52', workers: [2] },
  { name: 'vggSmall / adamW, average, clipping / batch 64', workers: [0] },
];

const lenet5 = cases.filter(({ name }) => name.startsWith('lenet5 /'));

async function expectPinnedBits(run: BitsCase, workers: number): Promise<void> {
  expect(workers === 0 ? bitsOfLearner(run) : await bitsOfTrainer(run, workers), run.name).toBe(hashes[run.name]);
}

it('pins every case under the current arithmetic', () => {
  expect(Object.keys(hashes)).toEqual(cases.map(({ name }) => name));
  expect(arithmetic).toBe(ARITHMETIC);
});

it('samples every model', () => {
  const modelOf = ({ name }: { readonly name: string }) => name.split(' / ')[0];
  expect(new Set([...sample, ...lenet5].map(modelOf))).toEqual(new Set(cases.map(modelOf)));
});

describe('the pinned bits', () => {
  it.each(sample)('$name, on $workers workers', async ({ name, workers }) => {
    const run = cases.find((one) => one.name === name) as BitsCase;
    for (const count of workers) await expectPinnedBits(run, count);
  });

  // Every optimizer and every step size runs with every number of workers, but not every combination of the two.
  it.each(
    lenet5.map((run, i) => ({
      run,
      workers: [
        [0, 3],
        [1, 3],
        [2, 3],
      ][(i + Math.floor(i / 3)) % 3] as number[],
    })),
  )('$run.name, on $workers workers', async ({ run, workers }) => {
    for (const count of workers) await expectPinnedBits(run, count);
  });
});

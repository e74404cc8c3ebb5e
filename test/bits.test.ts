// The bits of a version are pinned: these hashes change only together with `ARITHMETIC` and a decision record. `npm run campaign:bits` runs all
// of bits.json; here every model runs once, and LeNet-5 with every optimizer and every size of a step.
import { ARITHMETIC } from '@convoy/layers/compile';
import { describe, expect, it } from 'vitest';
import { bitsCases, bitsOfLearner, bitsOfTrainer, readBits } from './bits.ts';

const { arithmetic, hashes } = readBits();
const cases = bitsCases();

/** One case of each model, another one from model to model. */
const sample = [...new Set(cases.map(({ model }) => model))].map((model, i) => {
  const own = cases.filter((run) => run.model === model);
  return own[(4 * i + 2) % own.length] as (typeof cases)[number];
});

it('pins every case under the current arithmetic', () => {
  expect(Object.keys(hashes)).toEqual(cases.map(({ name }) => name));
  expect(arithmetic).toBe(ARITHMETIC);
});

describe('the pinned bits', () => {
  it.each(sample)('$name, on one thread', (run) => {
    expect(bitsOfLearner(run)).toBe(hashes[run.name]);
  });

  it.each(sample)('$name, on 2 workers', async (run) => {
    expect(await bitsOfTrainer(run, 2)).toBe(hashes[run.name]);
  });

  it.each(cases.filter(({ name }) => name.startsWith('lenet5')))('$name, on 1 and 3 workers', async (run) => {
    for (const workers of [1, 3]) expect(await bitsOfTrainer(run, workers)).toBe(hashes[run.name]);
  });
});

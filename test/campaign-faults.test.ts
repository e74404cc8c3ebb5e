// A short sample of `npm run campaign:faults`.
import { describe, expect, it } from 'vitest';
import { reportOf } from '../packages/trainer/test/run-program.ts';
import type { CampaignReport } from './campaigns/faults.ts';

/** One of each kind. */
const FAULTS = 6;
const SINGLES = 2;

describe('training LeNet-5 while workers fail', () => {
  it.each([
    { what: 'with shards of their own', batch: 32 },
    { what: 'of which one assists the other', batch: 8 },
  ])('$what ends with the bits of an undisturbed run', { timeout: 60_000 }, async ({ batch }) => {
    const { kinds, errors, runs, singles } = await reportOf<CampaignReport>(
      new URL('campaigns/faults.ts', import.meta.url),
      {
        nodeOptions: ['--import', new URL('../packages/trainer/test/programs/planted-fault.ts', import.meta.url).href],
        arguments: ['--json', '--seed', '2', '--faults', `${FAULTS}`, '--singles', `${SINGLES}`, '--batch', `${batch}`],
      },
    );
    expect(errors).toEqual([]);
    expect(runs).toBeGreaterThan(1);
    for (const { kind, faults, recovered } of kinds)
      expect({ faults, recovered }, kind).toEqual({ faults: 1, recovered: 1 });
    expect(kinds).toHaveLength(FAULTS);
    expect(singles).toBe(SINGLES);
  });
});

// A short sample of `npm run campaign:faults`.
import { describe, expect, it } from 'vitest';
import { reportOf } from '../packages/trainer/test/run-program.ts';
import type { CampaignReport } from './campaigns/faults.ts';

/** One fault of each kind. */
const FAULTS = 6;
const SINGLES = 2;
/** Trials of each call while its threads are set up. */
const SET_UPS = 1;
/** Other tests run at the same time, so this limit only finds waits. The campaign measures. */
const RECOVERY_MS = 5000;

describe('training LeNet-5 while workers fail', () => {
  it.each([
    { workers: 'workers with their own shards', batch: 32 },
    { workers: 'a worker that assists the other', batch: 8 },
  ])('ends with the bits of an undisturbed run, for $workers', { timeout: 60_000 }, async ({ batch }) => {
    const { kinds, errors, runs, singles, setUps } = await reportOf<CampaignReport>(
      new URL('campaigns/faults.ts', import.meta.url),
      {
        nodeOptions: ['--import', new URL('../packages/trainer/test/programs/planted-fault.ts', import.meta.url).href],
        arguments: [
          '--json',
          '--seed',
          '2',
          '--faults',
          `${FAULTS}`,
          '--singles',
          `${SINGLES}`,
          '--setups',
          `${SET_UPS}`,
          '--recovery',
          `${RECOVERY_MS}`,
          '--batch',
          `${batch}`,
        ],
      },
    );
    expect(errors).toEqual([]);
    expect(runs).toBeGreaterThan(1);
    for (const { kind, faults, recovered } of kinds)
      expect({ faults, recovered }, kind).toEqual({ faults: 1, recovered: 1 });
    expect(kinds).toHaveLength(FAULTS);
    expect(singles).toBe(SINGLES);
    expect(setUps.map(({ trials }) => trials)).toEqual(Array(6).fill(SET_UPS));
    expect(setUps.reduce((sum, { faults }) => sum + faults, 0)).toBeGreaterThan(2);
  });
});

// A short sample of `npm run campaign:faults`.
import { describe, expect, it } from 'vitest';
import { reportOf } from '../packages/trainer/test/run-program.ts';
import type { CampaignReport } from './campaigns/faults.ts';

const FAULTS = 6;

describe('training LeNet-5 while workers fail', () => {
  // With these seeds each kind of fault is drawn once.
  it.each([
    { workers: 'workers with their own shards', batch: 32, seed: 549 },
    { workers: 'a worker that assists the other', batch: 8, seed: 285 },
  ])('ends with the bits of an undisturbed run, for $workers', { timeout: 60_000 }, async ({ batch, seed }) => {
    const { kinds, errors, runs } = await reportOf<CampaignReport>(new URL('campaigns/faults.ts', import.meta.url), {
      nodeOptions: ['--import', new URL('../packages/trainer/test/programs/planted-fault.ts', import.meta.url).href],
      arguments: ['--json', '--seed', `${seed}`, '--faults', `${FAULTS}`, '--batch', `${batch}`, '--epochs', '4'],
    });
    expect(errors).toEqual([]);
    expect(runs).toBeGreaterThan(0);
    for (const { kind, faults, recovered } of kinds) expect(recovered, kind).toBe(faults);
    expect(kinds.reduce((sum, { faults }) => sum + faults, 0)).toBe(FAULTS);
  });
});

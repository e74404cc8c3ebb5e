// A sample of `npm run campaign:kill`.
import { expect, it } from 'vitest';
import { runKillCampaign } from './campaigns/kill-campaign.ts';
import { runPairCampaign } from './campaigns/pair-campaign.ts';

it('a training process that is killed at random times ends with the same bits', { timeout: 120_000 }, async () => {
  const runs = await runKillCampaign({ seed: 1, kills: 3 });
  expect(runs.flatMap(({ problems }) => problems)).toEqual([]);
  expect(runs.reduce((sum, run) => sum + run.kills, 0)).toBeGreaterThanOrEqual(3);
  expect(runs.reduce((sum, run) => sum + run.killsInWrite, 0)).toBeGreaterThanOrEqual(1);
});

it('of two processes in one directory one trains, and a third one that looks does not disturb it', {
  timeout: 120_000,
}, async () => {
  const rounds = await runPairCampaign({ seed: 1, rounds: 1 });
  expect(rounds.flatMap(({ problems }) => problems)).toEqual([]);
  // Whether the second process meets the first one is a matter of time; the tests of the lock decide it.
  for (const { looks } of rounds) expect(looks).toBeGreaterThan(10);
});

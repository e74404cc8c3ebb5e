// A sample of `npm run campaign:kill`.
import { expect, it } from 'vitest';
import { runKillCampaign } from './campaigns/kill-campaign.ts';

it('a training process that is killed at random times ends with the same bits', { timeout: 120_000 }, async () => {
  const runs = await runKillCampaign({ seed: 1, kills: 6 });
  expect(runs.flatMap(({ problems }) => problems)).toEqual([]);
  expect(runs.reduce((sum, run) => sum + run.kills, 0)).toBeGreaterThanOrEqual(6);
  expect(runs.reduce((sum, run) => sum + run.killsInWrite, 0)).toBeGreaterThanOrEqual(3);
});

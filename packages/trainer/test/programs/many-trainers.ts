// Makes and disposes of trainers, one after the other, and reports what they leave behind. Needs --expose-gc.
import { setTimeout as delay } from 'node:timers/promises';
import { createTrainer } from '@convoy/trainer';
import { classifier, images } from '../small-cases.ts';
import { threadsDuring } from '../threads.ts';

export interface LeftBehind {
  readonly started: number;
  readonly left: number;
  readonly resources: readonly string[];
  /** Resident memory after all trainers less that after the first third of them. */
  readonly growthInMebibytes: number;
}

const TRAINERS = 30;
const data = images(128);

const useTrainer = async (workers: number) => {
  await using trainer = await createTrainer({ ...classifier, workers });
  await trainer.fit(data, { epochs: 1, validation: data });
};

async function residentBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await delay(20);
  }
  return process.memoryUsage.rss();
}

let before = 0;
const threads = await threadsDuring(async () => {
  for (let i = 0; i < TRAINERS; i++) {
    if (i === TRAINERS / 3) before = await residentBytes();
    await useTrainer(1 + (i % 2));
  }
});
const growthInMebibytes = ((await residentBytes()) - before) / 2 ** 20;
const report: LeftBehind = { ...threads, resources: process.getActiveResourcesInfo(), growthInMebibytes };
process.stdout.write(JSON.stringify(report));

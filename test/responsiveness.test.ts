// While workers train, the main thread is free and memory does not grow. Both are measured in a separate process. Other load on the machine
// disturbs the measurement, so an attempt may fail; one successful attempt shows that Convoy was not the cause.
import { describe, expect, it } from 'vitest';
import { reportOf } from '../packages/trainer/test/run-program.ts';
import type { ResidentMemory } from './programs/resident-memory.ts';
import type { Lateness } from './programs/timer-lateness.ts';

const programNamed = (name: string) => new URL(`programs/${name}.ts`, import.meta.url);

describe('training LeNet-5 on two workers', () => {
  it('never delays a timer by more than 25 ms', { retry: 2 }, async () => {
    const { steps, ticks, worstMilliseconds } = await reportOf<Lateness>(programNamed('timer-lateness'));
    expect(steps).toBe(3 * 313);
    expect(ticks).toBeGreaterThan(50);
    expect(worstMilliseconds).toBeLessThanOrEqual(25);
  });

  it('keeps resident memory within 2 MiB from step 200 to step 5000', { retry: 2 }, async () => {
    const samples = await reportOf<ResidentMemory>(programNamed('resident-memory'));
    expect(samples.length).toBeGreaterThan(20);
    expect(samples[0]?.step).toBeLessThan(1000);
    expect(samples.at(-1)?.step).toBe(5000);
    const first = samples[0]?.mebibytes ?? Number.NaN;
    for (const { step, mebibytes } of samples) {
      expect(Math.abs(mebibytes - first), `MiB more or less at step ${step} than at the start`).toBeLessThanOrEqual(2);
    }
  });
});

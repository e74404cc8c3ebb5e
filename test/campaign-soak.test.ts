// A sample of `npm run campaign:soak` with minutes of two seconds, and whether its verdict finds what it is there to find.
import { describe, expect, it } from 'vitest';
import { runProgram } from '../packages/trainer/test/run-program.ts';
import type { SoakReport } from './campaigns/soak.ts';
import { judgeSoak, type Moment } from './campaigns/soak-verdict.ts';

const MINUTES = 10;
const SAMPLES_A_SECOND = 40_000;
const MEBIBYTES = 200;

/** A moment a second: at `speed` times the usual samples a second, with so many MiB more than usual. */
function moments(of: { speed?: (minute: number) => number; mebibytes?: (minute: number) => number }): Moment[] {
  const { speed = () => 1, mebibytes = () => 0 } = of;
  let samples = 0;
  return Array.from({ length: 60 * MINUTES }, (_, second) => {
    const minute = second / 60;
    if (second > 0) samples += SAMPLES_A_SECOND * speed(minute);
    return { seconds: second, samples, mebibytes: MEBIBYTES + mebibytes(minute), processorSeconds: 2 * second };
  });
}

const verdictOf = (of: Parameters<typeof moments>[0]) => judgeSoak(moments(of), MINUTES, 60);

describe('the verdict on a long run', () => {
  it('is good where speed and memory stay', () => {
    const { minutes, speed, slope, growth, problems } = verdictOf({});
    expect(problems).toEqual([]);
    expect({ speed, slope, growth }).toEqual({ speed: 1, slope: 0, growth: 0 });
    expect(minutes).toHaveLength(MINUTES);
    for (const minute of minutes) expect(minute).toEqual({ samplesPerSecond: 40_000, mebibytes: 200, cores: 2 });
  });

  it('does not look at the first minute, in which all grows', () => {
    const start = {
      speed: (minute: number) => Math.min(1, minute),
      mebibytes: (minute: number) => 90 * Math.min(1, minute),
    };
    expect(verdictOf(start).problems).toEqual([]);
  });

  it('finds a speed that falls', () => {
    const { speed, problems } = verdictOf({ speed: (minute) => 1 - 0.005 * minute });
    // (1 - 0.005 · 9.5) / (1 - 0.005 · 1.5)
    expect(speed).toBeCloseTo(0.9597, 4);
    expect(problems).toEqual([expect.stringContaining("96.0 % of the second one's samples/s, not 97.0 %")]);
  });

  it('lets a speed pass that falls by less, or comes back', () => {
    expect(verdictOf({ speed: (minute) => 1 - 0.003 * minute }).problems).toEqual([]);
    expect(verdictOf({ speed: (minute) => (minute > 4 && minute < 5 ? 0.5 : 1) }).problems).toEqual([]);
  });

  it('finds a memory that grows slowly', () => {
    const { slope, growth, problems } = verdictOf({ mebibytes: (minute) => 1.5 * minute });
    expect(slope).toBeCloseTo(1.5, 9);
    expect(growth).toBeCloseTo(12, 1);
    expect(problems).toEqual([expect.stringContaining('grows by 1.50 MiB a minute')]);
  });

  it('finds a memory that has grown at once', () => {
    const { growth, problems } = verdictOf({ mebibytes: (minute) => (minute >= 2 ? 17 : 0) });
    expect(growth).toBe(17);
    expect(problems).toEqual([expect.stringContaining('17.0 MiB more than the second one')]);
  });

  it('lets a memory pass that swings, or shrinks', () => {
    expect(verdictOf({ mebibytes: (minute) => 10 * Math.sin(60 * minute) }).problems).toEqual([]);
    expect(verdictOf({ mebibytes: (minute) => -5 * minute }).problems).toEqual([]);
  });

  it('does not take a figure that is not a number for a good one', () => {
    expect(verdictOf({ speed: () => 0, mebibytes: () => Number.NaN }).problems).toHaveLength(3);
  });
});

describe('a soak of twelve seconds', () => {
  it('sees every minute of a run with checkpoints', { timeout: 60_000 }, async () => {
    const { exitCode, stdout, stderr } = await runProgram(new URL('campaigns/soak.ts', import.meta.url), {
      arguments: ['--json', '--minutes', '6', '--minute-seconds', '2', '--workers', '2', '--checkpoint-steps', '200'],
    });
    expect(stderr).toBe('');
    const report: SoakReport = JSON.parse(stdout);
    const { moments: seen, checkpoints, ...verdict } = report;
    // Speed is not judged: the machine has other work beside the tests.
    expect(exitCode).toBe(verdict.problems.length === 0 ? 0 : 1);
    expect(JSON.parse(JSON.stringify(judgeSoak(seen, 6, 2)))).toEqual(verdict);
    expect(seen.length).toBeGreaterThan(100);
    for (const [index, { samplesPerSecond, mebibytes, cores }] of verdict.minutes.entries()) {
      expect(samplesPerSecond, `samples a second in minute ${index + 1}`).toBeGreaterThan(500);
      expect(mebibytes).toBeGreaterThan(50);
      expect(cores).toBeGreaterThan(0);
    }
    const last = seen.at(-1);
    expect(last?.seconds).toBeGreaterThan(11);
    expect(last?.samples).toBeGreaterThan(10_000);
    expect(checkpoints).toBeGreaterThan(1);
    expect(verdict.growth, 'MiB from the second to the last minute').toBeLessThan(32);
  });
});

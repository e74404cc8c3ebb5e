// A sample of `npm run campaign:soak` with minutes of one second, and tests of its verdict.
import { describe, expect, it } from 'vitest';
import { runProgram } from '../packages/trainer/test/run-program.ts';
import type { SoakReport } from './campaigns/soak.ts';
import { judgeSoak, type Moment } from './campaigns/soak-verdict.ts';

const MINUTES = 10;
const SAMPLES_PER_SECOND = 40_000;
const MEBIBYTES = 200;

/** One moment per second, at `speed` times 40,000 samples per second, with so many MiB more than 200. */
function moments(of: { speed?: (minute: number) => number; mebibytes?: (minute: number) => number }): Moment[] {
  const { speed = () => 1, mebibytes = () => 0 } = of;
  let samples = 0;
  return Array.from({ length: 60 * MINUTES }, (_, second) => {
    const minute = second / 60;
    if (second > 0) samples += SAMPLES_PER_SECOND * speed(minute);
    return { seconds: second, samples, mebibytes: MEBIBYTES + mebibytes(minute), processorSeconds: 2 * second };
  });
}

const verdictOf = (of: Parameters<typeof moments>[0]) => judgeSoak(moments(of), MINUTES, 60);

describe('the verdict on a long run', () => {
  it('is good if speed and memory do not change', () => {
    const { minutes, speed, slope, growth, problems } = verdictOf({});
    expect(problems).toEqual([]);
    expect({ speed, slope, growth }).toEqual({ speed: 1, slope: 0, growth: 0 });
    expect(minutes).toHaveLength(MINUTES);
    for (const minute of minutes) expect(minute).toEqual({ samplesPerSecond: 40_000, mebibytes: 200, cores: 2 });
  });

  it('ignores the first minute', () => {
    const start = {
      speed: (minute: number) => Math.min(1, minute),
      mebibytes: (minute: number) => 90 * Math.min(1, minute),
    };
    expect(verdictOf(start).problems).toEqual([]);
  });

  it('finds a falling speed', () => {
    const { speed, problems } = verdictOf({ speed: (minute) => 1 - 0.005 * minute });
    // (1 - 0.005 · 9.5) / (1 - 0.005 · 1.5)
    expect(speed).toBeCloseTo(0.9597, 4);
    expect(problems).toEqual([
      expect.stringContaining('96.0 % of the samples/s of the second one, expected at least 97.0 %'),
    ]);
  });

  it('accepts a speed that falls by less, or recovers', () => {
    expect(verdictOf({ speed: (minute) => 1 - 0.003 * minute }).problems).toEqual([]);
    expect(verdictOf({ speed: (minute) => (minute > 4 && minute < 5 ? 0.5 : 1) }).problems).toEqual([]);
  });

  it('finds memory that grows slowly', () => {
    const { slope, growth, problems } = verdictOf({ mebibytes: (minute) => 1.5 * minute });
    expect(slope).toBeCloseTo(1.5, 9);
    expect(growth).toBeCloseTo(12, 1);
    expect(problems).toEqual([expect.stringContaining('grows by 1.50 MiB per minute')]);
  });

  it('finds memory that grows at once', () => {
    const { growth, problems } = verdictOf({ mebibytes: (minute) => (minute >= 2 ? 17 : 0) });
    expect(growth).toBe(17);
    expect(problems).toEqual([expect.stringContaining('17.0 MiB more than the second one')]);
  });

  it('accepts memory that oscillates or shrinks', () => {
    expect(verdictOf({ mebibytes: (minute) => 10 * Math.sin(60 * minute) }).problems).toEqual([]);
    expect(verdictOf({ mebibytes: (minute) => -5 * minute }).problems).toEqual([]);
  });

  it('rejects figures that are not numbers', () => {
    expect(verdictOf({ speed: () => 0, mebibytes: () => Number.NaN }).problems).toHaveLength(3);
  });
});

describe('a soak of five seconds', () => {
  it('measures every minute of a run with checkpoints', { timeout: 60_000 }, async () => {
    const { exitCode, stdout, stderr } = await runProgram(new URL('campaigns/soak.ts', import.meta.url), {
      arguments: ['--json', '--minutes', '5', '--minute-seconds', '1', '--workers', '2', '--checkpoint-steps', '100'],
    });
    expect(stderr).toBe('');
    const report: SoakReport = JSON.parse(stdout);
    const { moments: seen, checkpoints, ...verdict } = report;
    // The speed is not tested, because other tests run at the same time.
    expect(exitCode).toBe(verdict.problems.length === 0 ? 0 : 1);
    expect(JSON.parse(JSON.stringify(judgeSoak(seen, 5, 1)))).toEqual(verdict);
    expect(seen.length).toBeGreaterThan(100);
    for (const [index, { samplesPerSecond, mebibytes, cores }] of verdict.minutes.entries()) {
      expect(samplesPerSecond, `samples per second in minute ${index + 1}`).toBeGreaterThan(500);
      expect(mebibytes).toBeGreaterThan(50);
      expect(cores).toBeGreaterThan(0);
    }
    const last = seen.at(-1);
    expect(last?.seconds).toBeGreaterThan(4);
    expect(last?.samples).toBeGreaterThan(2000);
    expect(checkpoints).toBeGreaterThan(1);
    expect(verdict.growth, 'MiB from the second to the last minute').toBeLessThan(32);
  });
});

// A sample of `npm run campaign:dispose`, and whether its verdict finds what it is there to find.
import { describe, expect, it } from 'vitest';
import { reportOf } from '../packages/trainer/test/run-program.ts';
import { type LeftBehind, problemsOf } from './campaigns/disposal-verdict.ts';
import type { DisposalReport } from './campaigns/dispose.ts';

const nothing: LeftBehind = { expected: 18, started: 18, left: 0, resources: [], growth: 0 };

describe('the verdict on what trainers leave behind', () => {
  it('is good where nothing is left', () => {
    expect(problemsOf(nothing)).toEqual([]);
    expect(problemsOf({ ...nothing, growth: -40 })).toEqual([]);
  });

  it.each([
    { left: { started: 19 }, problem: '19 threads were started in place of 18' },
    { left: { left: 2 }, problem: '2 threads are left' },
    { left: { resources: ['Timeout', 'MessagePort'] }, problem: 'handles are left: Timeout, MessagePort' },
    { left: { growth: 17 }, problem: 'resident memory has grown by 17.0 MiB, not at most 16' },
    { left: { growth: Number.NaN }, problem: 'resident memory has grown by NaN MiB, not at most 16' },
  ])('says that $problem', ({ left, problem }) => {
    expect(problemsOf({ ...nothing, ...left })).toEqual([problem]);
  });
});

describe('twelve trainers, some of them at once, disposed of after a run, during one and unused', () => {
  it('leave nothing behind', { timeout: 60_000 }, async () => {
    const report = await reportOf<DisposalReport>(new URL('campaigns/dispose.ts', import.meta.url), {
      nodeOptions: ['--expose-gc', '--max-semi-space-size=1'],
      arguments: ['--json', '--trainers', '12'],
    });
    expect(report).toEqual({ ...nothing, growth: expect.any(Number), problems: [] });
  });
});

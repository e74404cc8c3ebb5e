// A sample of `npm run campaign:dispose`, and tests of its verdict.
import { describe, expect, it } from 'vitest';
import { reportOf } from '../packages/trainer/test/run-program.ts';
import { type LeftBehind, problemsOf } from './campaigns/disposal-verdict.ts';
import type { DisposalReport } from './campaigns/dispose.ts';

const nothing: LeftBehind = { expected: 18, started: 18, left: 0, resources: [], growth: 0 };

describe('the verdict on disposed trainers', () => {
  it('is good if nothing is left', () => {
    expect(problemsOf(nothing)).toEqual([]);
    expect(problemsOf({ ...nothing, growth: -40 })).toEqual([]);
  });

  it.each([
    { left: { started: 19 }, problem: '19 threads were started, expected 18' },
    { left: { left: 2 }, problem: '2 threads are left' },
    { left: { resources: ['Timeout', 'MessagePort'] }, problem: 'handles are left: Timeout, MessagePort' },
    { left: { growth: 17 }, problem: 'resident memory grew by 17.0 MiB, expected at most 16' },
    { left: { growth: Number.NaN }, problem: 'resident memory grew by NaN MiB, expected at most 16' },
  ])('says that $problem', ({ left, problem }) => {
    expect(problemsOf({ ...nothing, ...left })).toEqual([problem]);
  });
});

describe('twelve trainers, some of them at the same time, disposed of after a run, during a run and unused', () => {
  it('leave nothing behind', { timeout: 60_000 }, async () => {
    const report = await reportOf<DisposalReport>(new URL('campaigns/dispose.ts', import.meta.url), {
      nodeOptions: ['--expose-gc', '--max-semi-space-size=1'],
      arguments: ['--json', '--trainers', '12'],
    });
    expect(report).toEqual({ ...nothing, growth: expect.any(Number), problems: [] });
  });
});

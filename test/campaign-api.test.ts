// A sample of `npm run campaign:api`, and tests of the campaign.
import { ConvoyError } from '@convoy/tensor';
import { describe, expect, it } from 'vitest';
import { runApiCampaign } from './campaigns/api/api-campaign.ts';
import { Choices } from './campaigns/api/choices.ts';
import { UserError } from './campaigns/api/hostile-values.ts';
import { mutate, record } from './campaigns/api/mutation.ts';
import { problemOf } from './campaigns/api/problem.ts';
import { functionsWithoutTarget } from './campaigns/api/targets.ts';

describe('the campaign', () => {
  it('calls every exported function, except those that take no data', () => {
    expect(functionsWithoutTarget().toSorted()).toEqual([
      'ConvoyError',
      // Parts of the definition of a layer, which TypeScript checks.
      'accumulatingCall',
      'call',
      'defineAugmentation',
      'defineInitializer',
      'defineLoss',
      'defineMergeLayer',
      'defineMetric',
      'defineOptimizer',
      'defineSchedule',
      'diagnose',
      'diagnosisParts',
      'numberedOperands',
      'partialStride',
    ]);
  });

  it('finds calls that block or end the process, take too long, or report a problem', { timeout: 30_000 }, async () => {
    const program = new URL('campaigns/api/faulty-caller.ts', import.meta.url);
    const report = await runApiCampaign({ seed: 1, calls: 7, slow: 0, blockedAfter: 3000, program });
    expect(report.problems).toEqual([
      { call: 1, label: 'call 1', problem: 'blocked the process for 3000 ms' },
      { call: 2, label: 'call 2', problem: 'ended the process with SIGKILL: ' },
      { call: 3, label: 'call 3', problem: 'ended the process with 7: ' },
      { call: 4, label: 'call 4', problem: expect.stringMatching(/^took 20\d\d ms$/) },
      { call: 5, label: 'call 5', problem: 'a problem' },
    ]);
    expect([report.accepted, report.rejected]).toEqual([4, 0]);
  });

  it('tells good errors from others', () => {
    const details = { given: 'a', expected: 'b', fix: 'Do c.' };
    expect(problemOf(new ConvoyError('CONVOY_INVALID_OPTION', details))).toBeUndefined();
    expect(problemOf(new UserError('mine'))).toBeUndefined();
    expect(problemOf(new TypeError('x is undefined'))).toContain('TypeError: x is undefined (');
    expect(problemOf('a text')).toBe('threw a text');
    expect(problemOf(new ConvoyError('CONVOY_BUSY', { ...details, expected: '' }))).toContain('an incomplete message');
    expect(problemOf(new ConvoyError('CONVOY_BUSY', { ...details, fix: 'do' }))).toContain('a fix that is no sentence');
  });

  it('makes the same call for the same seed, and reaches every argument and option', () => {
    const valid = () => [{ rate: 0.5, window: { size: 2 } }, [1, 2], record({ kernel: 3 })];
    const labels = Array.from({ length: 400 }, (_, call) => mutate(valid(), new Choices(1, call)).label);
    expect(Array.from({ length: 400 }, (_, call) => mutate(valid(), new Choices(1, call)).label)).toEqual(labels);
    for (const path of ['0', '0.rate', '0.window', '0.window.size', '1', '1.0', '1.1', '2', '2.kernel']) {
      expect(labels.some((label) => label.startsWith(`${path}: `))).toBe(true);
    }
    expect(labels.some((label) => label.startsWith('0.window with the option '))).toBe(true);
    expect(labels.some((label) => label.startsWith('2 with the option '))).toBe(false);
    expect(labels.some((label) => label === 'without 0.rate')).toBe(true);
  });
});

it('400 calls with wrong arguments are accepted or rejected well', { timeout: 120_000 }, async () => {
  const report = await runApiCampaign({ seed: 2, calls: 400, slow: 3 });
  expect(report.problems).toEqual([]);
  expect(report.accepted + report.rejected).toBe(400);
});

// A sample of `npm run campaign:data`, and tests of its verdict.
import { describe, expect, it } from 'vitest';
import { reportOf } from '../packages/trainer/test/run-program.ts';
import type { DroppedDataReport } from './campaigns/dropped-data.ts';
import { droppedDataProblems } from './campaigns/dropped-data-verdict.ts';

describe('the verdict on dropped data sets', () => {
  it.each([[[90, 100, 120, 132, 100]], [[200, 100, 80, 70]]])('%j MiB is good', (mebibytes) => {
    expect(droppedDataProblems(mebibytes, 2, 16)).toEqual([]);
  });

  it.each([
    [[90, 100, 133, 100], 'resident memory grew by 33.0 MiB, expected at most 32, the size of 2 data sets'],
    [[90, 100, 110, 233], 'resident memory grew by 133.0 MiB, expected at most 32, the size of 2 data sets'],
    [[], 'resident memory grew by NaN MiB, expected at most 32, the size of 2 data sets'],
  ])('%j MiB is not', (mebibytes, problem) => {
    expect(droppedDataProblems(mebibytes, 2, 16)).toEqual([problem]);
  });
});

it('one trainer that gets 40 data sets keeps none of them', { timeout: 60_000 }, async () => {
  const report = await reportOf<DroppedDataReport>(new URL('campaigns/dropped-data.ts', import.meta.url), {
    arguments: ['--json', '--sets', '40', '--seed', '2'],
  });
  expect(report.mebibytes).toHaveLength(40);
  expect(report.problems).toEqual([]);
});

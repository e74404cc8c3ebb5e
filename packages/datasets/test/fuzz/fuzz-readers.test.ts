import { describe, expect, it } from 'vitest';
import { fuzzReaders } from './fuzz-readers.ts';
import { fuzzTargets } from './targets.ts';

describe('readers of damaged files', () => {
  it('read them, or refuse them with an error that names the file', { timeout: 60_000 }, async () => {
    const cases = 60 * Object.keys(fuzzTargets).length;
    for (const report of await fuzzReaders({ cases, seed: 13 })) {
      expect(report).toMatchObject({ problem: undefined });
      // Some damage hits bytes that may have any value, most of it does not.
      expect(report.rejected, report.name).toBeGreaterThan(10);
    }
  });

  it('are reported if they throw other errors, or errors that do not name the file', async () => {
    const files = ['images.npy'];
    const unnamed = { given: 'a', expected: 'b', fix: 'Do c.', code: 'CONVOY_FILE_FORMAT' };
    const reports = await fuzzReaders({
      cases: 2,
      seed: 1,
      targets: {
        raw: { files, read: async () => (undefined as unknown as object).toString() },
        unnamed: { files, read: () => Promise.reject(Object.assign(new Error('a'), unnamed, { name: 'ConvoyError' })) },
      },
    });
    expect(reports.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('threw no ConvoyError: TypeError'),
      expect.stringContaining('an error that does not name the file: a'),
    ]);
  });
});

// The commands that only tell something.
import { readFileSync } from 'node:fs';
import { lenet5, summary } from '@convoy/layers';
import { describe, expect, it } from 'vitest';
import { convoy } from './convoy.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

describe('convoy', () => {
  it.each([
    [['--version'], `${version}\n`],
    [['summary', 'lenet5'], `${summary(lenet5())}\n`],
    [['models'], expect.stringMatching(/^lenet5 .+\n$/)],
    [['datasets'], expect.stringMatching(/^mnist .+\n$/)],
    [['--help'], expect.stringMatching(/^Usage: convoy .+ train .+ summary .+ models .+ datasets .+ doctor /s)],
  ])('%j', async (args, stdout) => {
    expect(await convoy(...args)).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('lists every option of train with its default', async () => {
    const { code, stdout } = await convoy('train', '--help');
    expect(code).toBe(0);
    for (const option of [
      'data',
      'data-dir',
      'limit',
      'out',
      'checkpoints',
      'checkpoint-steps',
      'resume',
      'json',
      'simd',
    ])
      expect(stdout).toContain(`\n  --${option} `);
    for (const option of ['epochs', 'batch-size', 'learning-rate', 'momentum', 'weight-decay', 'workers', 'seed']) {
      expect(stdout).toMatch(new RegExp(`\n  --${option} <[^>]+> [^-]+\\(default:\\s+[\\d.]+\\)`));
    }
  });
});

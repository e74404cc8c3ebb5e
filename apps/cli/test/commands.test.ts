// The commands that only tell something.
import { readFileSync } from 'node:fs';
import { lenet5, resnet20, summary } from '@convoy/layers';
import * as zoo from '@convoy/layers/zoo';
import { describe, expect, it } from 'vitest';
import { convoy } from './convoy.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Every model of the package, one a line. */
const MODELS = new RegExp(`^(?:(?:${Object.keys(zoo).join('|')}) +\\w.+\\n){${Object.keys(zoo).length}}$`);

describe('convoy', () => {
  it.each([
    [['--version'], `${version}\n`],
    [['summary', 'lenet5'], `${summary(lenet5())}\n`],
    [['summary', 'resnet20', '--data', 'mnist'], `${summary(resnet20({ input: [1, 28, 28] }))}\n`],
    [['models'], expect.stringMatching(MODELS)],
    [['datasets'], expect.stringMatching(/^mnist {10}hand.+\nfashion-mnist {2}articles.+\n$/)],
    [['--help'], expect.stringMatching(/^Usage: convoy .+ train .+ summary .+ models .+ datasets .+ doctor /s)],
  ])('%j', async (args, stdout) => {
    expect(await convoy(...args)).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('lists every option of train with its default', async () => {
    const { code, stdout } = await convoy('train', '--help');
    expect(code).toBe(0);
    const documented = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, option]) => option);
    expect(documented).toEqual([
      ...['data', 'data-dir', 'limit', 'epochs', 'batch-size', 'optimizer', 'learning-rate', 'momentum', 'nesterov'],
      ...['weight-decay', 'schedule', 'decay-epochs', 'decay-factor', 'final-learning-rate', 'warm-up'],
      ...['label-smoothing', 'clip-norm', 'average', 'workers', 'simd', 'seed', 'out', 'log', 'checkpoints'],
      ...['checkpoint-steps', 'resume', 'fast-dev-run', 'report', 'json'],
    ]);
    // Whatever takes a value says what it is where nothing is given, but the data.
    const [, , ...texts] = stdout.split(/\n {2}--/).map((text) => text.replaceAll(/\s+/g, ' '));
    for (const text of texts) if (/^[a-z-]+ [<[]/.test(text)) expect(text).toMatch(/\(default: .+\)|one every n steps/);
  });
});

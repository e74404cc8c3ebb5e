// The help, and the commands that only print something.
import { readFileSync } from 'node:fs';
import { lenet5, resnet20, summary } from '@convoy/layers';
import * as zoo from '@convoy/layers/zoo';
import { describe, expect, it } from 'vitest';
import { convoy, convoyAt } from './convoy.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Every model of the package, one per line. */
const MODELS = new RegExp(`^(?:(?:${Object.keys(zoo).join('|')}) +\\w.+\\n){${Object.keys(zoo).length}}$`);

describe('convoy', () => {
  it.each([
    [['--version'], `${version}\n`],
    [['summary', 'lenet5'], `${summary(lenet5())}\n`],
    [['summary', 'resnet20', '--data', 'mnist'], `${summary(resnet20({ input: [1, 28, 28] }))}\n`],
    [['models'], expect.stringMatching(MODELS)],
    [
      ['datasets'],
      expect.stringMatching(
        /^mnist {10}hand.+\nfashion-mnist {2}articles.+\n\nYour own data, as a path:\n(?:[\w-]+ +\S.+\n){8}$/,
      ),
    ],
    [['--help'], expect.stringMatching(/^Usage: convoy .+ train .+ summary .+ models .+ datasets .+ doctor /s)],
  ])('%j', async (args, stdout) => {
    expect(await convoy(...args)).toEqual({ code: 0, stdout, stderr: '' });
  });
});

describe('the help', () => {
  const commands = [
    [],
    ['train'],
    ['summary'],
    ['models'],
    ['datasets'],
    ['data'],
    ['data', 'pack'],
    ['doctor'],
    ['help'],
  ];

  it.each(commands)('of convoy %s fits its terminal, and 100 columns', async (...command) => {
    for (const [columns, width] of [
      [undefined, 80],
      [80, 80],
      [100, 100],
      [250, 100],
    ] as const) {
      const { code, stdout } = await convoyAt(columns, ...command, '--help');
      expect(code).toBe(0);
      const longest = Math.max(...stdout.split('\n').map((line) => line.length));
      expect(longest).toBeLessThanOrEqual(width);
      if (command[0] === 'train') expect(longest).toBeGreaterThan(0.95 * width);
    }
  });

  it('of train lists every option in its group, with its default', async () => {
    const { stdout } = await convoy('train', '--help');
    const groups = stdout.split(/\n\n(?=\w[\w ]*:\n)/).slice(2);
    const documented = groups.map((group) => [
      group.split(':')[0],
      [...group.matchAll(/^ {2}(?:-h, )?--([a-z0-9-]+)/gm)].map(([, option]) => option),
    ]);
    expect(Object.fromEntries(documented)).toEqual({
      Data: [
        ...['data', 'data-dir', 'data-format', 'image-size', 'channels', 'label-column', 'validation-split', 'augment'],
        'limit',
      ],
      Training: ['epochs', 'batch-size', 'label-smoothing', 'seed', 'workers', 'simd'],
      Optimizer: [
        ...['optimizer', 'learning-rate', 'momentum', 'nesterov', 'weight-decay', 'global-clip-norm'],
        'average-decay',
      ],
      'Learning rate schedule': ['schedule', 'decay-epochs', 'decay-rate', 'final-learning-rate', 'warm-up'],
      Output: ['out', 'log', 'class-report', 'json'],
      Checkpoints: ['checkpoints', 'checkpoint-steps', 'resume'],
      Other: ['fast-dev-run', 'help'],
    });
    // Every option with a value says what applies without it, except --data, which is required.
    const [, , ...texts] = stdout.split(/\n {2}--/).map((text) => text.replaceAll(/\s+/g, ' '));
    for (const text of texts) if (/^[a-z-]+ [<[]/.test(text)) expect(text).toMatch(/\(default: .+\)/);
  });
});

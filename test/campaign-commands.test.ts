// A sample of `npm run campaign:commands`, and tests of its verdict.
import { describe, expect, it } from 'vitest';
import { problemsOf, runCommandCampaign } from './campaigns/command-campaign.ts';
import { commandLines } from './campaigns/command-lines.ts';

const MESSAGE = 'error: Given a; expected b. Do c. (CONVOY_INVALID_OPTION)\n';
const failed = { code: 2, signal: null, stdout: '', stderr: MESSAGE };
const files = { data: 'data', nonsense: ['null.mjs'] };

describe('the verdict on a command line', () => {
  it('is good for an error that is explained, and for a success', () => {
    expect(problemsOf({ args: ['train'], expected: 2 }, failed)).toEqual([]);
    expect(problemsOf({ args: ['models'], expected: 0 }, { ...failed, code: 0, stderr: '' })).toEqual([]);
  });

  it.each([
    ['a hang', { code: null, signal: 'SIGKILL' }, 'hangs'],
    ['a crash', { code: null, signal: 'SIGSEGV' }, 'dies of SIGSEGV'],
    ['another exit code', { code: 13 }, 'has the exit code 13'],
    ['the wrong exit code', { code: 1 }, 'has the exit code 1; expected 2'],
    ['a stack', { stderr: `${MESSAGE}    at run (file:///main.js:1:2)\n` }, 'prints a stack'],
    ['no message', { stderr: 'error: wrong\n' }, 'does not say what is wrong: error: wrong'],
  ] as const)('finds %s', (_, end, problem) => {
    const problems = problemsOf({ args: ['train'], expected: 2 }, { ...failed, ...end });
    expect(problems.some((found) => found.startsWith(problem))).toBe(true);
  });

  it('finds an error that programs do not see', () => {
    const problems = problemsOf({ args: ['train', '--json'] }, failed);
    expect(problems).toEqual(['prints no event: ']);
    expect(problemsOf({ args: ['train', '--json'] }, { ...failed, stdout: '{"event":"error","code":"A"}\n' })).toEqual(
      [],
    );
  });
});

describe('the command lines', () => {
  it('are different, and the same for the same seed', () => {
    const lines = commandLines(1, 300, files);
    expect(new Set(lines.map(({ args }) => JSON.stringify(args))).size).toBe(300);
    expect(commandLines(1, 300, files)).toEqual(lines);
    expect(commandLines(2, 300, files)).not.toEqual(lines);
  });
});

it('twelve command lines end with an exit code and a message', { timeout: 120_000 }, async () => {
  const runs = await runCommandCampaign({ seed: 1, lines: 12, hangSeconds: 60 });
  expect(runs.flatMap(({ problems, line }) => problems.map((problem) => [line.args, problem]))).toEqual([]);
  expect(runs).toHaveLength(12);
});

// Runs that are ended early: by signals, and by a closed pipe. Each has a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { COMMAND, groupIsAlive, start, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();

/** Starts a run that takes hours, and returns when it is in the middle of training. */
async function startLongRun(out: string) {
  const args = ['train', 'lenet5', '--data', 'mnist', '--epochs', '9999', '--json', '--out', join(root, out)];
  const run = start([...COMMAND, ...args]);
  await firstOutput(run.child);
  // The run has printed its start; an epoch takes seconds.
  await new Promise((resolve) => setTimeout(resolve, 300));
  return run;
}

const firstOutput = ({ stdout }: ChildProcess) => new Promise((resolve) => stdout?.once('data', resolve));

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends a run within a second, with exit code %i', async (signal, code) => {
    const { child, ended } = await startLongRun(signal);
    const sent = performance.now();
    child.kill(signal);
    const { stdout, ...rest } = await ended;
    expect(performance.now() - sent).toBeLessThan(1000);
    const message = `Stopped by ${signal}; no weights were saved.`;
    expect(rest).toEqual({ code, stderr: `${message}\n` });
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) as string)).toEqual({
      event: 'error',
      code: 'CONVOY_ABORTED',
      message,
    });
    expect(groupIsAlive(child)).toBe(false);
    expect(readdirSync(join(root, signal))).toEqual([]);
  });

  // If this process is delayed between the two signals, the run has already ended.
  it('ends the process at once if it is the second', { retry: 2 }, async () => {
    const { child, ended } = await startLongRun('twice');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143, stderr: '' });
    expect(groupIsAlive(child)).toBe(false);
  });
});

describe('a reader that goes away', () => {
  it('ends a run quietly, with the exit code of any program whose pipe breaks', async () => {
    const args = [
      'train',
      'lenet5',
      '--data',
      'mnist',
      '--limit',
      '640',
      '--epochs',
      '9999',
      '--out',
      join(root, 'pipe'),
    ];
    const [program, ...options] = [...COMMAND, ...args];
    const child = spawn(program as string, options, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.once('data', () => child.stdout.destroy());
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ code, errors }).toEqual({ code: 141, errors: '' });
  });
});

describe.skipIf(process.platform !== 'linux')('an output that cannot be written', () => {
  const FULL = '/dev/full';
  const training = [
    'train',
    'lenet5',
    '--data',
    'mnist',
    '--limit',
    '640',
    '--epochs',
    '1',
    '--out',
    join(root, 'full'),
  ];

  /** Runs a command line with standard output or standard error on a full device. */
  async function withFull(output: 'stdout' | 'stderr', args: readonly string[]) {
    const [program, ...options] = [...COMMAND, ...args];
    const full = openSync(FULL, 'w');
    const outputs = { stdout: 'pipe' as const, stderr: 'pipe' as const, [output]: full };
    const child = spawn(program as string, options, { stdio: ['ignore', outputs.stdout, outputs.stderr] });
    closeSync(full);
    const other = output === 'stdout' ? child.stderr : child.stdout;
    const [written, [code]] = await Promise.all([text(other as Readable), once(child, 'close')]);
    return { code, written };
  }

  it.each([['models'], ['--help'], ['doctor'], training, [...training, '--json']])(
    'such as standard output ends %s with a message and an exit code',
    async (...args) => {
      expect(await withFull('stdout', args)).toEqual({
        code: 1,
        written: 'error: standard output cannot be written: ENOSPC: no space left on device, write\n',
      });
    },
  );

  it('such as standard error still ends the command with an exit code', async () => {
    expect(await withFull('stderr', ['train', 'lenet5', '--nope'])).toEqual({ code: 1, written: '' });
  });
});

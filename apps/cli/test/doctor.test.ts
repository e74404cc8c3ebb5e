// `convoy doctor`, and `convoy train --simd wide` where the machine has wide SIMD.
import { join } from 'node:path';
import type { Diagnosis } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { formatDiagnosis } from '../src/doctor/diagnosis-text.ts';
import { verdictOf } from '../src/doctor/verdict.ts';
import { convoy, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();

const fast: Diagnosis = {
  node: '24.1.0',
  v8: '13.6.1',
  platform: 'linux',
  arch: 'x64',
  processor: 'Some processor',
  cores: 16,
  memory: { total: 8 * 2 ** 30, available: 2 ** 29 },
  webAssembly: true,
  simd: true,
  sharedMemory: { available: true },
  wide: { available: true },
  convolution: { strict: 50, wide: 75 },
  threads: { available: true, startMilliseconds: 21.7, barrierMicroseconds: 0.34 },
  training: { available: true },
};
const strict = { strict: 50, wide: null };

describe('convoy doctor', () => {
  it('measures this machine', async () => {
    const { code, stdout, stderr } = await convoy('doctor', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { ready, advice, ...diagnosis } = JSON.parse(stdout);
    const isV8New = Number.parseFloat(process.versions.v8) >= 13.6;
    const isWide = process.arch === 'x64' && isV8New;
    expect(diagnosis).toMatchObject({
      ...{ node: process.versions.node, v8: process.versions.v8, platform: process.platform, arch: process.arch },
      ...{ webAssembly: true, simd: true, sharedMemory: { available: true }, training: { available: true } },
      wide: { available: isWide },
    });
    expect(diagnosis.cores).toBeGreaterThanOrEqual(1);
    expect(diagnosis.memory.available).toBeLessThanOrEqual(diagnosis.memory.total);
    expect(diagnosis.threads.startMilliseconds).toBeGreaterThan(1);
    expect(diagnosis.threads.barrierMicroseconds).toBeGreaterThan(0);
    expect(diagnosis.convolution.strict).toBeGreaterThan(1);
    if (isWide) expect(diagnosis.convolution.wide).toBeGreaterThan(1);
    else expect(diagnosis.convolution.wide).toBeNull();
    expect(ready).toBe(true);
    expect(advice).toMatch(/^Ready to train\. /);
  });

  it('prints a table and what to do', async () => {
    const { code, stdout } = await convoy('doctor');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Node {2,}\d.+\nmachine {2,}.+\ncores .+\none core .+\ntraining .+\n\nReady to train\. .+\n$/s,
    );
  });
});

describe('the table', () => {
  it('has a line for each thing', () => {
    expect(formatDiagnosis(fast, { ready: true, advice: 'Do it.' }).split('\n')).toEqual([
      'Node           24.1.0, V8 13.6.1',
      'machine        Some processor, linux x64',
      'cores          16',
      'memory         0.5 GiB of 8.0 GiB available',
      'WebAssembly    yes',
      'SIMD           yes',
      'shared memory  yes',
      'wide SIMD      yes, with the same bits as strict SIMD in a self-test',
      'one core       convolution at 50 GFLOP/s, wide at 75',
      'threads        start in 22 ms, meet in 0.3 µs',
      'training       a step of LeNet-5 on all cores',
      '',
      'Do it.',
    ]);
    const slow = { ...fast, wide: { available: false, obstacle: 'V8 11.3' }, convolution: strict } as const;
    expect(formatDiagnosis(slow, verdictOf(slow))).toMatch(
      /wide SIMD +no: V8 11\.3\none core +convolution at 50 GFLOP\/s\n/,
    );
  });
});

describe('the verdict', () => {
  const without = (obstacle: string) => ({ wide: { available: false, obstacle }, convolution: strict }) as const;

  it.each([
    ['wide SIMD', {}, 'With --simd wide a convolution is 1.5 times as fast, with the same result.'],
    ['no AVX2', { convolution: { strict: 50, wide: 51 } }, 'This processor gains nothing from --simd wide.'],
    [
      'an old Node',
      { node: '20.19.0', ...without('V8 11.3') },
      'Node 20.19.0 works. Node 24 or later has --simd wide: up to 1.7 times as fast, with the same result.',
    ],
    [
      'another architecture',
      { arch: 'arm64', ...without('a processor of the architecture arm64') },
      '--simd wide works on x64 processors only.',
    ],
    [
      'a self-test that failed',
      without('a self-test that found other bits in the update part of step 1'),
      '--simd wide does not work here: Convoy refuses it where its bits differ. Everything else works.',
    ],
  ])('with %s says what to do', (_, changes, advice) => {
    expect(verdictOf({ ...fast, ...changes })).toEqual({ ready: true, advice: `Ready to train. ${advice}` });
  });

  const lack = (obstacle: string) => ({ available: false, obstacle }) as const;

  it.each<readonly [string, Partial<Diagnosis>, string]>([
    [
      'WebAssembly',
      { webAssembly: false, simd: false },
      'this process has no WebAssembly. Start Node without --jitless.',
    ],
    ['SIMD', { simd: false }, 'WebAssembly has no SIMD. Use another machine or another version of Node.'],
    ['shared memory', { sharedMemory: lack('no addresses. Raise it.') }, 'no shared memory: no addresses. Raise it.'],
    ['threads', { threads: lack('not allowed') }, 'no worker threads: not allowed.'],
    ['training', { training: lack('no memory') }, 'no memory.'],
  ])('without %s says that Convoy cannot train', (_, changes, reason) => {
    expect(verdictOf({ ...fast, ...changes })).toEqual({ ready: false, advice: `Convoy cannot train here: ${reason}` });
  });

  it('on an examination that ended early says why', () => {
    const { threads: _threads, training: _training, ...parts } = fast;
    const verdict = verdictOf(parts, 'a process died');
    expect(verdict).toEqual({ ready: false, advice: 'Convoy cannot train here: a process died.' });
    expect(formatDiagnosis(parts, verdict)).toMatch(/one core .+\n\nConvoy cannot/);
    expect(formatDiagnosis({}, verdict)).toBe(verdict.advice);
  });
});

describe('convoy train --simd wide', () => {
  it('gives the parameters of strict SIMD, or says why it cannot', async () => {
    const train = (simd: string) =>
      convoy(
        ...['train', 'lenet5', '--data', 'mnist', '--limit', '500', '--epochs', '1', '--workers', '2'],
        ...['--out', join(root, simd), '--simd', simd],
      );
    const [plain, wide] = [await train('strict'), await train('wide')];
    const hashOf = ({ stdout }: { stdout: string }) => /[0-9a-f]{64}/.exec(stdout)?.[0];
    expect(plain.stdout).not.toContain('wide');
    if (wide.code === 2) expect(wide.stderr).toContain('CONVOY_WIDE_UNAVAILABLE');
    else expect(wide.stdout).toContain('workers 2, wide SIMD\n');
    if (wide.code === 0) expect(hashOf(wide)).toBe(hashOf(plain));
    expect(hashOf(plain)).toBeDefined();
  });
});

// The parts that the side-by-side figures depend on: equal losses, ratios within rounds, and errors of contenders. `bench:peers --quick` tests
// the peers themselves.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tensor } from '@convoy/tensor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { channelsLast, denseChannelsLast } from '../src/peers/adapters/channels-last.ts';
import { fastestOf, figuresOf, lossDifference, type Outcome, type Result, ratioOf } from '../src/peers/comparison.ts';
import { Child } from '../src/peers/contenders/child.ts';
import { type Contender, convoyContenders } from '../src/peers/contenders/contenders.ts';
import { eachBatch, oneHot, parameterSource, readJob } from '../src/peers/jobs/job.ts';
import { workloadOf, workloads } from '../src/peers/jobs/workloads.ts';
import { writeJob } from '../src/peers/jobs/write-job.ts';
import { formatPeerReport } from '../src/reports/peer-report.ts';

describe('losses', () => {
  const expected = [2, 1, 0.5];

  test('that differ by rounding only pass', () => {
    expect(lossDifference(expected, expected)).toBe(0);
    expect(lossDifference([2, 1.0005, 0.5], expected)).toBeCloseTo(5e-4, 10);
  });

  test('that differ are reported with the first such step', () => {
    expect(() => lossDifference([2, 1.002, 0.6], expected)).toThrow('the loss of step 2 is 1.002, not 1');
    expect(() => lossDifference([2, 0.998, 0.5], expected)).toThrow('step 2');
    expect(() => lossDifference([2, 1], expected)).toThrow('step 3 is undefined');
    expect(() => lossDifference([Number.NaN, 1, 0.5], expected)).toThrow('step 1 is NaN');
  });
});

const result = (name: string, system: string, rounds: readonly number[]): Result => ({
  ...{ name, system, version: `${system} 1`, batchSize: 64, lossDifference: 1e-6, peakBytes: 150e6 },
  ...figuresOf(rounds),
});

describe('figures', () => {
  const convoy = result('Convoy, 2 workers', 'Convoy', [40, 20, 90]);
  const slow = result('Peer, plain', 'Peer', [8, 8, 8]);
  const fast = result('Peer, best', 'Peer', [10, 10, 30]);
  const cannot = { name: 'Other', system: 'Other', cannot: 'it has no layers', differs: false };

  test('are taken over the rounds', () => {
    expect(convoy).toMatchObject({ median: 40, best: 90, noise: 70 / 40 });
  });

  test('are compared within rounds', () => {
    // 40 / 10, 20 / 10, 90 / 30. Of medians it would be 4.
    expect(ratioOf(convoy, fast)).toBe(3);
    expect(ratioOf(fast, convoy)).toBeCloseTo(1 / 3, 15);
  });

  test('name the fastest contender of each framework', () => {
    const outcomes: readonly Outcome[] = [convoy, slow, fast, cannot];
    expect([...fastestOf(outcomes).values()]).toEqual([convoy, fast]);
  });

  test('have a line for each contender, and one for each that cannot train', () => {
    const text = formatPeerReport({ workload: 'lenet', batchSize: 64, outcomes: [convoy, slow, fast, cannot] });
    expect(text.split('\n')).toEqual([
      'lenet, batch 64',
      '                     batch  samples/s  best    noise  peak MB  losses  Convoy, 2 workers ÷',
      '─'.repeat(90),
      '* Convoy, 2 workers     64       40.0  90.0  175.0 %      150    1e-6                 1.00',
      '  Peer, plain           64       8.00  8.00    0.0 %      150    1e-6                 5.00',
      '* Peer, best            64       10.0  30.0  200.0 %      150    1e-6                 3.00',
      '* the fastest of its framework: Convoy 1; Peer 1',
      '  Other cannot: it has no layers',
    ]);
  });
});

test('channels are moved to the end, in planes and in the kernels of dense layers', () => {
  // (1, 2, 1, 3): two channels of three cells.
  const planes = tensor([[[[1, 2, 3]], [[4, 5, 6]]]]);
  expect(channelsLast(planes).shape).toEqual([1, 1, 3, 2]);
  expect([...channelsLast(planes).data]).toEqual([1, 4, 2, 5, 3, 6]);
  const kernel = tensor([
    [1, 2, 3, 4, 5, 6],
    [7, 8, 9, 10, 11, 12],
  ]);
  expect([...denseChannelsLast(kernel, [2, 1, 3]).data]).toEqual([1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12]);
  expect(denseChannelsLast(kernel)).toBe(kernel);
});

test('classes become one-hot rows', () => {
  const rows = oneHot(Float32Array.of(2, 0));
  expect([rows.length, rows.indexOf(1), rows.lastIndexOf(1)]).toEqual([20, 2, 10]);
  expect(rows.reduce((sum, number) => sum + number)).toBe(2);
});

describe('a job', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'peers-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const [convoy] = convoyContenders() as [Contender];
  const workload = { ...workloadOf('lenet'), samples: 40 };

  test.each(workloads)('of $name is read back unchanged', async (workload) => {
    const { name, layers, targets, samples } = workload;
    const job = await readJob(await writeJob(folder, workload), 8);
    expect(job).toMatchObject({ workload: name, layers, targets, batchSize: 8 });
    expect(job.inputs.shape).toEqual([samples, ...workload.model().input]);
    expect(eachBatch(job, (inputs) => inputs.length)).toEqual(
      Array.from({ length: samples / 8 }, () => job.inputs.data.length / (samples / 8)),
    );
  });

  test('returns its parameters in order, and checks their shapes', async () => {
    const job = await readJob(await writeJob(folder, workload), 8);
    const parameter = parameterSource(job);
    expect(parameter([6, 1, 5, 5])).toBe(job.parameters.get('conv2d_1.kernel'));
    expect(() => parameter([7])).toThrow('A layer expects a parameter of shape (7), but conv2d_1.bias has (6).');
  });

  test('is trained by a process that reports losses and steps', async () => {
    const path = await writeJob(folder, workload);
    const child = await Child.start(convoy, path, 8, folder);
    const losses = await child.losses(5);
    expect(losses).toHaveLength(5);
    // The labels are drawn from ten classes.
    expect(losses[0]).toBeGreaterThan(1);
    expect(losses[0]).toBeLessThan(10);
    const { steps, seconds } = await child.time(0.01);
    expect(steps).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThanOrEqual(0.01);
    child.end();
    const again = await Child.start(convoy, path, 8, folder);
    expect(await again.losses(5)).toEqual(losses);
    again.end();
  });

  test('with a learning rate that differs by 1 % has other losses', async () => {
    const losses = async (learningRate: number) => {
      const child = await Child.start(convoy, await writeJob(folder, { ...workload, learningRate }), 8, folder);
      try {
        return await child.losses(5);
      } finally {
        child.end();
      }
    };
    const expected = await losses(0.01);
    const others = await losses(0.0101);
    expect(others[0]).toBe(expected[0]);
    expect(() => lossDifference(others, expected)).toThrow('trains something else');
  });

  test('that a contender cannot train fails with the reason', async () => {
    const path = await writeJob(folder, workload);
    const start = (changes: Partial<Contender>) => Child.start({ ...convoy, ...changes }, path, 8, folder);
    await expect(start({ command: 'no-such-program' })).rejects.toThrow('ENOENT');
    await expect(Child.start(convoy, join(folder, 'none'), 8, folder)).rejects.toThrow('file');
    await expect(start({ arguments: ['--eval', 'console.error("broken"); process.exit(3)'] })).rejects.toThrow(
      'ended with code 3: broken',
    );
    await expect(
      start({ arguments: ['--eval', 'console.log(JSON.stringify({ error: "it has no layers" }))'] }),
    ).rejects.toThrow('it has no layers');
  });
});

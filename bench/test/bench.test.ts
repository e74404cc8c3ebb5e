// The bench as its users run it, and the parts that its figures depend on.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { identity, pointwise } from '@convoy/kernels';
import { beforeAll, describe, expect, test } from 'vitest';
import { convolutionJobs } from '../src/kernels/convolution.ts';
import { kernelJob, resultCells, SAMPLES, samples, uniforms } from '../src/kernels/job.ts';
import { Workbench } from '../src/kernels/workbench.ts';
import { type Measurement, measure, type SuiteReport } from '../src/measuring/measurement.ts';
import { timeInRounds } from '../src/measuring/rounds.ts';
import { type Change, changeOf, formatChange } from '../src/reports/earlier-report.ts';
import { formatSuite } from '../src/reports/suite-report.ts';
import { formatLayers, type LayerMeasurement } from '../src/suites/layers.ts';
import { formatMemory, type MemoryMeasurement } from '../src/suites/memory.ts';
import { workerCounts } from '../src/suites/scaling.ts';

interface Document {
  readonly environment: { readonly node: string; readonly v8: string; readonly cpu: string; readonly cores: number };
  readonly quick: boolean;
  readonly suites: Readonly<Record<TimedSuite, SuiteReport>> & {
    readonly layers: readonly LayerMeasurement[];
    readonly memory: readonly MemoryMeasurement[];
  };
}

const timedSuites = ['kernels', 'steps', 'growth', 'scaling'] as const;
type TimedSuite = (typeof timedSuites)[number];

const bench = async (...options: string[]) => {
  const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@convoy/source', program, ...options]);
  return stdout;
};

describe('a quick run', () => {
  let document: Document;
  beforeAll(async () => {
    document = JSON.parse(await bench('--quick', '--json'));
  }, 60_000);

  test('describes the machine', () => {
    const { node, v8 } = process.versions;
    expect(document).toMatchObject({ quick: true, environment: { node, v8 } });
    expect(document.environment.cores).toBeGreaterThan(0);
  });

  test('has positive figures everywhere', () => {
    expect(new Set(Object.keys(document.suites))).toEqual(new Set([...timedSuites, 'layers', 'memory']));
    for (const name of timedSuites) {
      const { measurements, checksum } = document.suites[name];
      expect(checksum).toMatch(/^[0-9a-f]{64}$/);
      for (const measurement of measurements) expectPlausible(measurement);
    }
  });

  test('times every family in its unit', () => {
    const { measurements } = document.suites.kernels;
    const unitOf = (group: string, name: string) =>
      measurements.find((one) => one.group.startsWith(group) && one.name.startsWith(name))?.unit;
    for (const family of ['conv2d', 'dense']) {
      for (const name of ['forward', 'input gradient', 'weight gradient']) expect(unitOf(family, name)).toBe('GFLOP/s');
    }
    for (const family of ['maxPool2d', 'avgPool2d', 'relu', 'gather', 'scatter', 'sgd']) {
      expect(unitOf(family, '')).toBe('GB/s');
    }
    for (const family of ['sigmoid', 'tanh', 'scores']) expect(unitOf(family, '')).toBe('cells/µs');
  });

  test('compares with a peak, and with one worker', () => {
    const { kernels, scaling } = document.suites;
    const isCompared = ({ relative }: Measurement) => relative !== null;
    expect(kernels.measurements.filter(({ unit }) => unit !== 'cells/µs').every(isCompared)).toBe(true);
    const alone = scaling.measurements.filter(({ name }) => name === '1 worker');
    expect(alone.map(({ relative }) => relative)).toEqual(alone.map(() => 1));
    expect(scaling.measurements.every(isCompared)).toBe(true);
  });

  test('prints a line for each measurement', () => {
    for (const suite of timedSuites) {
      const report = document.suites[suite];
      const text = formatSuite(report);
      for (const { group, name } of report.measurements) expect(text).toContain(`${group}, ${name} `);
    }
  });

  test('reports the share of each layer in a step', () => {
    const { layers } = document.suites;
    for (const workload of ['LeNet-5', 'CIFAR CNN', 'ResNet-20']) {
      const own = layers.filter((layer) => layer.workload === workload);
      const sum = own.reduce((total, { forward, backward }) => total + forward.share + backward.share, 0);
      // The rest is the barrier and the bookkeeping of the engine.
      expect(sum, workload).toBeGreaterThan(0.8);
      expect(sum, workload).toBeLessThanOrEqual(1);
    }
    const residual = layers.find(({ name }) => name.startsWith('conv2d [64, 8, 8]'));
    expect(residual).toMatchObject({ workload: 'ResNet-20', count: 5 });
    expect(residual?.forward.rate).toBeGreaterThan(0);
    expect(layers.find(({ name }) => name === 'update')?.forward.rate).toBeNull();
    expect(formatLayers(layers).split('\n')).toHaveLength(3 + layers.length);
  });

  test('reports the memory of trainings by region', () => {
    const { memory } = document.suites;
    expect(new Set(memory.map(({ workload }) => workload))).toEqual(new Set(['tiny']));
    for (const { workload, workers, peakBytes, shared } of memory) {
      const what = `${workload}, ${workers}`;
      // It is null where the system does not report it.
      expect(peakBytes ?? Infinity, what).toBeGreaterThan(shared.total);
      expect(shared.state, what).toBeGreaterThan(0);
    }
    expect(formatMemory(memory).split('\n')).toHaveLength(3 + memory.length);
  });

  test('is compared with an earlier one', () => {
    const { steps } = document.suites;
    const line = (report: SuiteReport, earlier: SuiteReport) => formatSuite(report, earlier).split('\n')[3];
    expect(line(steps, steps)).toMatch(/ ~1\.00$/);
    const measurements = steps.measurements.map((one) => ({ ...one, median: one.median / 100 }));
    expect(line(steps, { ...steps, measurements })).toMatch(/ 100\.00$/);
  });
});

function expectPlausible({
  group,
  name,
  median,
  best,
  p99,
  margin,
  noise,
  rounds,
  calls,
  relative,
}: Measurement): void {
  const what = `${group}, ${name}`;
  for (const figure of [median, best, p99, calls, relative ?? 1, ...rounds]) {
    expect(Number.isFinite(figure) && figure > 0, what).toBe(true);
  }
  for (const share of [margin, noise]) expect(share, what).toBeGreaterThanOrEqual(0);
  expect(best, what).toBeGreaterThanOrEqual(median);
}

test('an unknown suite ends with code 2 and the usage', async () => {
  await expect(bench('--only', 'kernel')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--quick'),
  });
});

describe('figures', () => {
  const round = { median: 2, p99: 4, margin: 0.01, calls: 10 };

  test('are work over time', () => {
    const label = { group: 'group', name: 'name' };
    const rounds = [round, { ...round, median: 4, p99: 8 }];
    expect(measure(label, { unit: 'GFLOP/s', amount: 8e6 }, rounds)).toMatchObject({
      rounds: [4, 2],
      median: 3,
      best: 4,
      p99: 1.5,
      noise: 2 / 3,
      calls: 20,
    });
    expect(measure(label, { unit: 'GB/s', amount: 8e6 }, [round]).median).toBe(4);
    expect(measure(label, { unit: 'cells/µs', amount: 8e3 }, [round]).median).toBe(4);
    expect(measure(label, { unit: 'samples/s', amount: 64 }, [round]).median).toBe(32_000);
  });

  test('change by more than the noise of both reports, or not', () => {
    const label = { group: 'group', name: 'name' };
    const measurement = (medians: readonly number[]) =>
      measure(
        label,
        { unit: 'samples/s', amount: 1 },
        medians.map((median) => ({ ...round, median })),
      );
    const earlier = (then: Measurement): SuiteReport => ({
      ...{ title: '', relativeTo: null, checksum: '' },
      measurements: [then],
    });
    const change = (now: number[], then: number[]) => changeOf(measurement(now), earlier(measurement(then))) as Change;
    // Times of 10 and 12 lie 18 % apart.
    expect(change([5, 5], [10, 12])).toEqual({ ratio: expect.closeTo(2.18, 2), noise: expect.closeTo(0.18, 2) });
    expect(formatChange(change([5, 5], [10, 12]))).toBe('2.18');
    expect(formatChange(change([10, 10], [10, 12]))).toBe('~1.09');
    expect(formatChange(change([10, 12], [10, 10]))).toBe('~0.92');
    expect(formatChange(change([10, 10], [9, 9]))).toBe('0.90');
    expect(changeOf(measurement([1]), earlier({ ...measurement([1]), name: 'other' }))).toBeNull();
    expect(changeOf(measurement([1]), earlier({ ...measurement([1]), unit: 'GB/s' }))).toBeNull();
    expect(formatChange(null)).toBe('');
  });

  test('count a convolution as direct', () => {
    const forward = convolutionJobs(true).find(({ group }) => group === 'conv2d 6→16 5×5 14²');
    expect(forward?.work).toEqual({ unit: 'GFLOP/s', amount: 2 * 8 * 16 * 10 * 10 * 6 * 5 * 5 });
  });
});

test('rounds visit contenders forwards, then backwards', async () => {
  const visits: string[] = [];
  const contender = (name: string, isAsync: boolean) => ({ isAsync, run: () => void visits.push(name) });
  const rounds = await timeInRounds([contender('a', false), contender('b', true)], {
    rounds: 3,
    milliseconds: 0,
    calls: 2,
  });
  // One call that is not counted, then two.
  expect(visits.join('')).toBe('aaabbb' + 'bbbaaa' + 'aaabbb');
  expect(rounds.map((list) => list.map(({ calls }) => calls))).toEqual([
    [2, 2, 2],
    [2, 2, 2],
  ]);
});

test('a kernel that differs from its reference cannot be timed', () => {
  const x = uniforms(SAMPLES * 3, 'x');
  const check = (input: Float64Array, expected: Float64Array) => {
    const job = kernelJob({
      group: 'group',
      name: 'name',
      kernel: pointwise(3, identity),
      operands: { x: samples(input), y: resultCells(3, () => expected) },
      work: { unit: 'GB/s', amount: 1 },
    });
    new Workbench([job]).check();
  };
  check(x, x);
  // Number 4 of (8, 3) belongs to sample 1 and cell 1, so it lies in lane 1 of cell 1.
  expect(() => check(x, x.with(4, x[4]! + 0.001))).toThrow(/group, name: number 9 is/);
  expect(() => check(x.with(4, Number.NaN), x)).toThrow('group, name: number 9 is NaN');
});

test('the number of workers doubles up to one per core', () => {
  expect(workerCounts(1)).toEqual([1]);
  expect(workerCounts(2)).toEqual([1, 2]);
  expect(workerCounts(6)).toEqual([1, 2, 3, 4, 6]);
  expect(workerCounts(16)).toEqual([1, 2, 3, 4, 8, 16]);
});

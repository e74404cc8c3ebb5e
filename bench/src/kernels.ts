// The suite of the kernel families: each kernel by itself, on one thread, on the layers of real networks.
import { convolutionJobs } from './kernels/convolution.ts';
import { denseJobs } from './kernels/dense.ts';
import { BLOCKS } from './kernels/job.ts';
import { movingJobs } from './kernels/moving.ts';
import { normalizationJobs } from './kernels/normalization.ts';
import { peakJobs } from './kernels/peaks.ts';
import { pointwiseJobs } from './kernels/pointwise.ts';
import { poolingJobs } from './kernels/pooling.ts';
import { scoringJobs } from './kernels/scoring.ts';
import { updateJobs } from './kernels/update.ts';
import { type ReadyJob, Workbench } from './kernels/workbench.ts';
import { type Measurement, measure, type SuiteReport } from './measurement.ts';
import { type Effort, type Round, timeInRounds } from './rounds.ts';

const EFFORT: Effort = { rounds: 5, milliseconds: 60, calls: 3 };
const QUICK: Effort = { rounds: 2, milliseconds: 1, calls: 1 };

/** Kernels that take less time than this are called several times in one go, so that the clock does not weigh. */
const LEAST_MILLISECONDS = 0.5;
const WARM_UP_MILLISECONDS = 10;

/** Compares every kernel with its reference, then times them all. @throws Error if one computes something else */
export async function runKernels(quick: boolean): Promise<SuiteReport> {
  const workbench = new Workbench([
    ...peakJobs(),
    ...convolutionJobs(),
    ...denseJobs(),
    ...poolingJobs(),
    ...normalizationJobs(),
    ...pointwiseJobs(),
    ...scoringJobs(),
    ...movingJobs(),
    ...updateJobs(),
  ]);
  workbench.check();
  const checksum = workbench.checksum();
  const contenders = workbench.jobs.map(contenderOf);
  const results = await timeInRounds(contenders, quick ? QUICK : EFFORT);
  if (workbench.checksum() !== checksum) throw new Error('Kernels left other results than when they were checked.');
  const measurements = contenders.map(({ job, work }, i) => measure(job, work, results[i] as readonly Round[]));
  return {
    title: 'Kernels, one thread',
    relativeTo: 'of peak',
    measurements: measurements.map((measurement) => ({
      ...measurement,
      relative: shareOfPeak(measurement, measurements),
    })),
    checksum,
  };
}

/** A job as a contender: warmed up, and called as often in one go as the clock needs. */
function contenderOf({ job, run }: ReadyJob) {
  // A kernel runs in the baseline compiler's code until the optimizing compiler, on a thread of its own, is done with it.
  const start = performance.now();
  let elapsed = 0;
  let fastest = Infinity;
  while (elapsed < WARM_UP_MILLISECONDS) {
    run(BLOCKS);
    const now = performance.now() - start;
    fastest = Math.min(fastest, (now - elapsed) / BLOCKS);
    elapsed = now;
  }
  const count = Math.ceil(LEAST_MILLISECONDS / fastest);
  return {
    job,
    work: { ...job.work, amount: job.work.amount * count },
    isAsync: false,
    run: () => run(count),
  };
}

/** Best round over best round: what other programs take from the machine would show in medians twice. */
function shareOfPeak({ unit, best }: Measurement, all: readonly Measurement[]): number | null {
  const peak = all.find((other) => other.group === 'peak' && other.unit === unit);
  return peak ? best / peak.best : null;
}

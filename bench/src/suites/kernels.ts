// The suite `kernels`: each kernel by itself, on one thread, on layers of real networks.

import { activationJobs } from '../kernels/activations.ts';
import { blockJobs } from '../kernels/blocks.ts';
import { convolutionJobs } from '../kernels/convolution.ts';
import { denseJobs } from '../kernels/dense.ts';
import { BLOCKS } from '../kernels/job.ts';
import { normalizationJobs } from '../kernels/normalization.ts';
import { peakJobs } from '../kernels/peaks.ts';
import { poolingJobs } from '../kernels/pooling.ts';
import { scoreJobs } from '../kernels/scores.ts';
import { updateJobs } from '../kernels/update.ts';
import { type ReadyJob, Workbench } from '../kernels/workbench.ts';
import { type Measurement, measure, type SuiteReport } from '../measuring/measurement.ts';
import { type Effort, type Round, timeInRounds } from '../measuring/rounds.ts';

const EFFORT: Effort = { rounds: 5, milliseconds: 60, calls: 3 };
const QUICK: Effort = { rounds: 2, milliseconds: 1, calls: 1 };

/** A kernel that takes less time than this is called several times between two readings of the clock. */
const MIN_MILLISECONDS = 0.5;
/** A kernel runs as baseline code until the optimizing compiler, which has its own thread, has finished it. */
const WARM_UP_MILLISECONDS = 10;
const QUICK_WARM_UP_MILLISECONDS = 1;

/**
 * Compares every kernel with its reference, then times all of them.
 * @param quick without large layers, whose reference takes seconds
 * @throws Error if a kernel differs from its reference
 */
export async function runKernels(quick: boolean): Promise<SuiteReport> {
  const workbench = new Workbench([
    ...peakJobs(),
    ...convolutionJobs(quick),
    ...denseJobs(),
    ...poolingJobs(),
    ...normalizationJobs(),
    ...activationJobs(),
    ...scoreJobs(),
    ...blockJobs(),
    ...updateJobs(),
  ]);
  workbench.check();
  const checksum = workbench.checksum();
  const warmUp = quick ? QUICK_WARM_UP_MILLISECONDS : WARM_UP_MILLISECONDS;
  const contenders = workbench.jobs.map((job) => contenderOf(job, warmUp));
  const results = await timeInRounds(contenders, quick ? QUICK : EFFORT);
  if (workbench.checksum() !== checksum)
    throw new Error('The results of the timed calls differ from those of the check.');
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

/** Warms a job up, and makes a contender of it, which calls the kernel as often as the resolution of the clock needs. */
function contenderOf({ job, run }: ReadyJob, warmUp: number) {
  const start = performance.now();
  let elapsed = 0;
  let fastest = Infinity;
  while (elapsed < warmUp) {
    run(BLOCKS);
    const now = performance.now() - start;
    fastest = Math.min(fastest, (now - elapsed) / BLOCKS);
    elapsed = now;
  }
  const count = Math.ceil(MIN_MILLISECONDS / fastest);
  return {
    job,
    work: { ...job.work, amount: job.work.amount * count },
    isAsync: false,
    run: () => run(count),
  };
}

/** The ratio of the best rounds, because in medians the load of other programs would count twice. */
function shareOfPeak({ unit, best }: Measurement, all: readonly Measurement[]): number | null {
  const peak = all.find((other) => other.group === 'peak' && other.unit === unit);
  return peak ? best / peak.best : null;
}

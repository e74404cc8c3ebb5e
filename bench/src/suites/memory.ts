// The suite `memory`: the peak of the resident memory of a training process, and the regions of its shared memory.
import { mkdir } from 'node:fs/promises';
import { formatTable } from '@convoy/tensor/table';
import { type SharedMemoryUse, sharedMemoryUse } from '@convoy/trainer';
import { Child } from '../peers/contenders/child.ts';
import { convoyContenders } from '../peers/contenders/contenders.ts';
import { trainerOptions, workloadOf, workloads } from '../peers/jobs/workloads.ts';
import { writeJob } from '../peers/jobs/write-job.ts';
import { PEERS_FOLDER } from '../peers/packages.ts';
import { formatMegabytes, formatWorkers } from '../reports/figures.ts';

const SECONDS = 1;
const QUICK_SECONDS = 0.01;

export interface MemoryMeasurement {
  readonly workload: string;
  readonly batchSize: number;
  readonly workers: number;
  /** Peak of the resident memory of the whole process, its data included; null where the system does not report it. */
  readonly peakBytes: number | null;
  readonly shared: SharedMemoryUse;
}

/**
 * Trains each workload of `bench:peers` for a while, each in its own process.
 * @param quick only the smallest workload, for a moment
 */
export async function runMemory(quick: boolean): Promise<readonly MemoryMeasurement[]> {
  const measurements: MemoryMeasurement[] = [];
  await mkdir(PEERS_FOLDER, { recursive: true });
  for (const workload of quick ? [workloadOf('tiny')] : workloads) {
    const { name, batchSize } = workload;
    const job = await writeJob(PEERS_FOLDER, workload);
    for (const contender of convoyContenders(['strict'])) {
      const { threads: workers } = contender.settings;
      const child = await Child.start(contender, job, batchSize, PEERS_FOLDER);
      try {
        await child.time(quick ? QUICK_SECONDS : SECONDS);
        const shared = sharedMemoryUse({ ...trainerOptions(workload), workers });
        measurements.push({ workload: name, batchSize, workers, peakBytes: await child.peakBytes(), shared });
      } finally {
        child.end();
      }
    }
  }
  return measurements;
}

export function formatMemory(measurements: readonly MemoryMeasurement[]): string {
  const heading = ['', 'peak', 'shared', 'state', 'gradients', 'exchange', 'workspaces', 'control'];
  const rows = measurements.map(({ workload, batchSize, workers, peakBytes, shared }) => [
    `${workload}, batch ${batchSize}, ${formatWorkers(workers)}`,
    peakBytes === null ? '?' : formatMegabytes(peakBytes),
    ...[shared.total, shared.state, shared.gradients, shared.exchange, shared.workspaces, shared.control].map(
      formatMegabytes,
    ),
  ]);
  return ['Memory of training, MB', formatTable([heading, ...rows], { header: 1 })].join('\n');
}

// Convoy as a contender: its trainer, as a user calls it.
import { createDataset, type DatasetSource, subset } from '@convoy/datasets';
import { createTrainer } from '@convoy/trainer';
import { CLASSES, type Job } from '../jobs/job.ts';
import { lossAndOptimizer, workloadOf } from '../jobs/workloads.ts';
import type { StartPeer } from './adapter.ts';

const targetsOf = ({ targets, labels }: Job): DatasetSource['targets'] =>
  targets === 'classes'
    ? { kind: 'labels', labels: Int32Array.from(labels.data), classes: CLASSES }
    : { kind: 'values', values: labels.data, shape: labels.shape.slice(1) };

/** The data set uses the tensor that was read, without a copy. */
export const sharesMemory = true;

export const startPeer: StartPeer = async (job, { threads, backend }) => {
  const { batchSize } = job;
  const model = workloadOf(job.workload).model();
  const trainer = await createTrainer({
    model,
    ...lossAndOptimizer(job),
    batchSize,
    workers: threads,
    simd: backend === 'wide' ? 'wide' : 'strict',
  });
  trainer.setParameters(job.parameters);
  const data = createDataset({ sampleShape: model.input, inputs: job.inputs.data, targets: targetsOf(job) });
  return {
    version: 'Convoy',
    train: async (from, steps) => {
      const batches = subset(data, from * batchSize, (from + steps) * batchSize);
      const { epochs } = await trainer.fit(batches, { epochs: 1, shuffle: false });
      return epochs[0]?.scores.loss ?? Number.NaN;
    },
  };
};

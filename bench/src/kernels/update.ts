// Jobs of the update, fused with the reduction over the shards, on the parameters of LeNet-5.
import { sgd, UPDATE_UNIT } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { type KernelJob, kernelJob, parameters, resultNumbers, uniforms } from './job.ts';

const LENET5_PARAMETERS = 61_706;
const settings = { learningRate: 0.05, momentum: 0.9, weightDecay: 1e-4, nesterov: false };

export const updateJobs = (): readonly KernelJob[] => [1, 8].map(update);

function update(shards: number): KernelJob {
  const units = Math.ceil(LENET5_PARAMETERS / UPDATE_UNIT);
  const floats = units * UPDATE_UNIT;
  const weights = uniforms(floats, 'weights');
  const velocity = uniforms(floats, 'velocity');
  const gradients = uniforms(shards * floats, 'gradients');
  const next = () =>
    reference.sgd(
      settings,
      { parameters: weights, velocity },
      Array.from({ length: shards }, (_, shard) => gradients.subarray(shard * floats, (shard + 1) * floats)),
    );
  return kernelJob({
    group: 'sgd',
    name: `${LENET5_PARAMETERS} parameters, ${shards} ${shards === 1 ? 'shard' : 'shards'}`,
    kernel: sgd({ parameters: floats, shardStride: floats, nesterov: settings.nesterov }),
    operands: {
      w: parameters(weights),
      velocity: parameters(velocity),
      gradients: parameters(gradients),
      'next w': resultNumbers(floats, () => next().parameters),
      'next velocity': resultNumbers(floats, () => next().velocity),
      first: 0,
      last: units,
      shards,
      learningRate: settings.learningRate,
      momentum: settings.momentum,
      weightDecay: settings.weightDecay,
    },
    // Parameters and velocity are read and written, the gradients of each shard are read.
    work: { unit: 'GB/s', amount: (4 + shards) * floats * Float32Array.BYTES_PER_ELEMENT },
  });
}

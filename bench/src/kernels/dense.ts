// Jobs of dense layers and their gradients: the first one of LeNet-5 and the one of the CIFAR network.
import {
  type DenseShape,
  dense,
  denseInputGradient,
  denseScratchFloats,
  denseWeightGradient,
  relu,
} from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import {
  type KernelJob,
  kernelJob,
  parameters,
  resultCells,
  resultNumbers,
  SAMPLES,
  samples,
  scratch,
  uniforms,
} from './job.ts';

const layers: readonly DenseShape[] = [
  { inFeatures: 400, outFeatures: 120 },
  { inFeatures: 4096, outFeatures: 128 },
];

export const denseJobs = (): readonly KernelJob[] => layers.flatMap(jobsOf);

function jobsOf(shape: DenseShape): readonly KernelJob[] {
  const { inFeatures, outFeatures } = shape;
  const weights = inFeatures * outFeatures;
  const x = reference.relu(uniforms(SAMPLES * inFeatures, 'x'));
  const dy = uniforms(SAMPLES * outFeatures, 'dy');
  const w = uniforms(weights, 'w');
  const bias = uniforms(outFeatures, 'bias');
  const group = `dense ${inFeatures}→${outFeatures}`;
  const work = { unit: 'GFLOP/s', amount: 2 * SAMPLES * weights } as const;
  return [
    kernelJob({
      group,
      name: 'forward',
      kernel: dense(shape, { activation: relu }),
      operands: {
        x: samples(x),
        w: parameters(w),
        bias: parameters(bias),
        y: resultCells(outFeatures, () => reference.relu(reference.dense(shape, SAMPLES, x, w, bias))),
      },
      work,
    }),
    kernelJob({
      group,
      name: 'input gradient',
      kernel: denseInputGradient(shape, relu),
      operands: {
        dy: samples(dy),
        w: parameters(w),
        x: samples(x),
        dx: resultCells(inFeatures, () =>
          reference.reluGradient(x, reference.denseInputGradient(shape, SAMPLES, w, dy)),
        ),
      },
      work,
    }),
    kernelJob({
      group,
      name: 'weight gradient',
      kernel: denseWeightGradient(shape),
      operands: {
        x: samples(x),
        dy: samples(dy),
        scratch: scratch(denseScratchFloats(shape)),
        dw: resultNumbers(weights, () => reference.denseWeightGradient(shape, SAMPLES, x, dy)),
      },
      work,
    }),
  ];
}

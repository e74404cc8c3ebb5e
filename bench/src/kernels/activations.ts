// Jobs of activations that are not fused, on the output of LeNet-5's first convolution.
import { type Activation, LANES, pointwise, pointwiseGradient, relu, sigmoid, tanh } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import type { Work } from '../measuring/measurement.ts';
import { type KernelJob, kernelJob, resultCells, SAMPLES, samples, uniforms } from './job.ts';
import { PLANE_CELLS, PLANES } from './peaks.ts';

/** An activation with its references. */
interface ReferencedActivation {
  readonly activation: Activation;
  readonly forward: (x: Float64Array) => Float64Array;
  readonly backward: (y: Float64Array, dy: Float64Array) => Float64Array;
  /** Whether the memory accesses dominate, so that the figure is GB/s. */
  readonly isCheap: boolean;
}

const activations: readonly ReferencedActivation[] = [
  { activation: relu, forward: reference.relu, backward: reference.reluGradient, isCheap: true },
  { activation: sigmoid, forward: reference.sigmoid, backward: reference.sigmoidGradient, isCheap: false },
  { activation: tanh, forward: reference.tanh, backward: reference.tanhGradient, isCheap: false },
];

export const activationJobs = (): readonly KernelJob[] => activations.flatMap(jobsOf);

function jobsOf({ activation, forward, backward, isCheap }: ReferencedActivation): readonly KernelJob[] {
  // Within ±4, because some functions saturate beyond it and are faster there.
  const x = uniforms(SAMPLES * PLANE_CELLS, 'x').map((value) => Math.fround(4 * value));
  const y = forward(x).map(Math.fround);
  const dy = uniforms(SAMPLES * PLANE_CELLS, 'dy');
  const group = `${activation.name} ${PLANES.channels}×${PLANES.size}²`;
  return [
    kernelJob({
      group,
      name: 'forward',
      kernel: pointwise(PLANE_CELLS, activation),
      operands: { x: samples(x), y: resultCells(PLANE_CELLS, () => forward(x)) },
      work: isCheap ? movedCells(2) : { unit: 'cells/µs', amount: PLANE_CELLS },
    }),
    kernelJob({
      group,
      name: 'gradient',
      kernel: pointwiseGradient(PLANE_CELLS, activation),
      operands: { y: samples(y), dy: samples(dy), dx: resultCells(PLANE_CELLS, () => backward(y, dy)) },
      work: movedCells(3),
    }),
  ];
}

/** The work of a kernel that reads or writes so many arrays of cells. */
const movedCells = (arrays: number): Work => ({
  unit: 'GB/s',
  amount: arrays * PLANE_CELLS * LANES * Float32Array.BYTES_PER_ELEMENT,
});

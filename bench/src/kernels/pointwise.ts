// Activations that stand alone, on the cells of LeNet-5's first convolution.
import { type Activation, LANES, pointwise, pointwiseGradient, reference, relu, sigmoid, tanh } from '@convoy/kernels';
import type { Work } from '../measurement.ts';
import { type KernelJob, resultCells, SAMPLES, samples, uniforms } from './job.ts';
import { PLANE_CELLS, PLANES } from './peaks.ts';

/** An activation with its twins in float64. */
interface Pair {
  readonly activation: Activation;
  readonly forward: (x: Float64Array) => Float64Array;
  readonly backward: (y: Float64Array, dy: Float64Array) => Float64Array;
  /** Whether moving the numbers is all the work there is. */
  readonly isCheap: boolean;
}

const pairs: readonly Pair[] = [
  { activation: relu, forward: reference.relu, backward: reference.reluGradient, isCheap: true },
  { activation: sigmoid, forward: reference.sigmoid, backward: reference.sigmoidGradient, isCheap: false },
  { activation: tanh, forward: reference.tanh, backward: reference.tanhGradient, isCheap: false },
];

export const pointwiseJobs = (): readonly KernelJob[] => pairs.flatMap(jobsOf);

function jobsOf({ activation, forward, backward, isCheap }: Pair): readonly KernelJob[] {
  // Some functions saturate: beyond ±4 they would be measured at their easiest.
  const x = uniforms(SAMPLES * PLANE_CELLS, 'x').map((value) => Math.fround(4 * value));
  const y = forward(x).map(Math.fround);
  const dy = uniforms(SAMPLES * PLANE_CELLS, 'dy');
  const group = `${activation.name} ${PLANES.channels}×${PLANES.size}²`;
  return [
    {
      group,
      name: 'forward',
      kernel: pointwise(PLANE_CELLS, activation),
      arguments: [samples(x), resultCells(PLANE_CELLS, () => forward(x))],
      work: isCheap ? movedCells(2) : { unit: 'cells/µs', amount: PLANE_CELLS },
    },
    {
      group,
      name: 'gradient',
      kernel: pointwiseGradient(PLANE_CELLS, activation),
      arguments: [samples(y), samples(dy), resultCells(PLANE_CELLS, () => backward(y, dy))],
      work: movedCells(3),
    },
  ];
}

/** So many arrays of cells, read or written. */
const movedCells = (arrays: number): Work => ({
  unit: 'GB/s',
  amount: arrays * PLANE_CELLS * LANES * Float32Array.BYTES_PER_ELEMENT,
});

// Jobs that measure the peaks of the core, with which the other figures are compared.
import { add, cells, identity, kernel, LANES, load, multiply, pointwise, splat } from '@convoy/kernels';
import { type KernelJob, kernelJob, resultCells, SAMPLES, samples, uniforms } from './job.ts';

/**
 * 14 registers of numbers: enough to hide the latencies of a multiplication and an addition, and the maximum that stays in registers next
 * to one constant. GFLOP/s on Zen 5: 60 with 14 registers, 57 with 12, and 25 to 55 with 16, which spill.
 */
const VECTORS = 7;
const STEPS = 8192;
const STEPS_UNROLLED = 8;
/** Both factor and summand, so that numbers approach 1, far from slow values such as denormals. */
const HALF = 0.5;

/** The planes of LeNet-5's first activation, on which copies and activations are timed. */
export const PLANES = { channels: 6, size: 28 } as const;
export const PLANE_CELLS = PLANES.channels * PLANES.size ** 2;

export const peakJobs = (): readonly KernelJob[] => [arithmetic(), copy()];

/** x ← x · ½ + ½ in registers only, rounded after the product and after the sum, as in all kernels. */
function multiplyAdd() {
  return kernel('multiplyAdd', { x: cells(VECTORS), y: cells(VECTORS) }, (k, { x, y }) => {
    const half = k.let('half', splat(HALF));
    const vectors = Array.from({ length: VECTORS }, (_, i) => k.variable('vector', load(x(i))));
    k.loop('steps', 0, STEPS / STEPS_UNROLLED, () =>
      k.unrolled('step', 0, STEPS_UNROLLED, () => {
        for (const vector of vectors) vector.set(add(multiply(vector.value, half), half));
      }),
    );
    vectors.forEach((vector, i) => {
      k.store(y(i), vector.value);
    });
  });
}

function arithmetic(): KernelJob {
  const x = uniforms(SAMPLES * VECTORS, 'peak');
  const expected = () =>
    x.map((start) => {
      let value = start;
      for (let step = 0; step < STEPS; step++) value = value * HALF + HALF;
      return value;
    });
  return kernelJob({
    group: 'peak',
    name: 'multiply, then add, in registers',
    kernel: multiplyAdd(),
    operands: { x: samples(x), y: resultCells(VECTORS, expected) },
    work: { unit: 'GFLOP/s', amount: 2 * LANES * VECTORS * STEPS },
  });
}

function copy(): KernelJob {
  const x = uniforms(SAMPLES * PLANE_CELLS, 'copy');
  return kernelJob({
    group: 'peak',
    name: `copy ${PLANES.channels}×${PLANES.size}² cells`,
    kernel: pointwise(PLANE_CELLS, identity),
    operands: { x: samples(x), y: resultCells(PLANE_CELLS, () => x) },
    work: { unit: 'GB/s', amount: 2 * PLANE_CELLS * LANES * Float32Array.BYTES_PER_ELEMENT },
  });
}

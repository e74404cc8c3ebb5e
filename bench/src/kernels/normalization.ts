// Jobs of the passes of batch normalization over a block, on layers of ResNet-20.
import {
  BATCH_STATISTICS_SCRATCH_FLOATS,
  blockGradientSums,
  blockMoments,
  gradientSumsFloats,
  LANES,
  normalize,
  normalizeGradient,
  type PlanesShape,
  partialMomentsFloats,
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

const CELL_BYTES = LANES * Float32Array.BYTES_PER_ELEMENT;

const layers: readonly PlanesShape[] = [
  { channels: 16, area: 32 * 32 },
  { channels: 64, area: 8 * 8 },
];

export const normalizationJobs = (): readonly KernelJob[] => layers.flatMap(jobsOf);

function jobsOf(shape: PlanesShape): readonly KernelJob[] {
  const { channels, area } = shape;
  const count = channels * area;
  const x = uniforms(SAMPLES * count, 'x');
  const dy = uniforms(SAMPLES * count, 'dy');
  const scale = uniforms(channels, 'scale');
  const offset = uniforms(channels, 'offset');
  const moments = reference.combineMoments(channels, 1e-5, [reference.blockMoments(shape, SAMPLES, x)]);
  const totals = reference.blockGradientSums(shape, SAMPLES, x, dy, moments);
  const weights = parameters(new Float64Array(LANES).fill(1));
  const group = `batchNorm2d ${channels}×${Math.sqrt(area)}²`;
  /** The work of a kernel that reads or writes so many planes. */
  const passes = (planes: number) => ({ unit: 'GB/s', amount: planes * count * CELL_BYTES }) as const;
  return [
    kernelJob({
      group,
      name: 'statistics',
      kernel: blockMoments(shape),
      operands: {
        x: samples(x),
        weights,
        scratch: scratch(BATCH_STATISTICS_SCRATCH_FLOATS),
        partial: resultNumbers(partialMomentsFloats(channels), () => reference.blockMoments(shape, SAMPLES, x)),
      },
      work: passes(2),
    }),
    kernelJob({
      group,
      name: 'forward',
      kernel: normalize(shape, { activation: relu }),
      operands: {
        x: samples(x),
        moments: parameters(moments),
        scale: parameters(scale),
        offset: parameters(offset),
        y: resultCells(count, () => reference.relu(reference.normalize(shape, x, moments, scale, offset))),
      },
      work: passes(2),
    }),
    kernelJob({
      group,
      name: 'sums of gradients',
      kernel: blockGradientSums(shape),
      operands: {
        x: samples(x),
        dy: samples(dy),
        moments: parameters(moments),
        weights,
        scratch: scratch(BATCH_STATISTICS_SCRATCH_FLOATS),
        partial: resultNumbers(gradientSumsFloats(channels), () => totals),
      },
      work: passes(2),
    }),
    kernelJob({
      group,
      name: 'input gradient',
      kernel: normalizeGradient(shape),
      operands: {
        x: samples(x),
        dy: samples(dy),
        moments: parameters(moments),
        totals: parameters(totals),
        scale: parameters(scale),
        weights,
        dx: resultCells(count, () => reference.normalizeGradient(shape, x, dy, moments, totals, scale)),
      },
      work: passes(3),
    }),
  ];
}

// Jobs of the kernels that gather samples of a data set into blocks and scatter outputs back into rows.
import { gather, LANES, scatter } from '@convoy/kernels';
import { dataRows, type KernelJob, kernelJob, resultCells, resultNumbers, SAMPLES, samples, uniforms } from './job.ts';

const MEAN = 0.5;
const SCALE = 2;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

export const blockJobs = (): readonly KernelJob[] => [gatherBytes(1, 28), gatherFloats(3, 32), scatterOutputs(10)];

/** Images of bytes, scaled to −1 … 1. */
function gatherBytes(channels: number, size: number): KernelJob {
  const cells = channels * size ** 2;
  const bytes = Uint8Array.from(uniforms(SAMPLES * cells, 'bytes'), (value) => Math.floor(128 * (value + 1)));
  const scale = SCALE / 255;
  const offset = -SCALE * MEAN;
  const shape = { source: 'u8', channels, area: size ** 2, scale: [scale], offset: [offset] } as const;
  return kernelJob({
    group: 'gather',
    name: `bytes, ${channels}×${size}², scaled`,
    kernel: gather(shape),
    operands: {
      rows: dataRows(bytes),
      x: resultCells(cells, () => Float64Array.from(bytes, (byte) => Math.fround(scale) * byte + offset)),
    },
    work: { unit: 'GB/s', amount: SAMPLES * cells * (1 + FLOAT_BYTES) },
  });
}

function gatherFloats(channels: number, size: number): KernelJob {
  const cells = channels * size ** 2;
  const rows = uniforms(SAMPLES * cells, 'rows');
  const each = (value: number) => Array<number>(channels).fill(value);
  return kernelJob({
    group: 'gather',
    name: `floats, ${channels}×${size}²`,
    kernel: gather({ source: 'f32', channels, area: size ** 2, scale: each(1), offset: each(0) }),
    operands: {
      rows: dataRows(Float32Array.from(rows)),
      x: resultCells(cells, () => rows),
    },
    work: { unit: 'GB/s', amount: 2 * SAMPLES * cells * FLOAT_BYTES },
  });
}

function scatterOutputs(count: number): KernelJob {
  const outputs = uniforms(SAMPLES * count, 'outputs');
  return kernelJob({
    group: 'scatter',
    name: `${count} outputs`,
    kernel: scatter(count),
    operands: { x: samples(outputs), rows: resultNumbers(SAMPLES * count, () => outputs) },
    work: { unit: 'GB/s', amount: 2 * count * LANES * FLOAT_BYTES },
  });
}

// Jobs of 2×2 poolings and their gradients, on the first pooled layers of LeNet-5 and of the CIFAR network.
import {
  avgPool2d,
  avgPool2dInputGradient,
  LANES,
  maxPool2d,
  maxPool2dInputGradient,
  maxPool2dWithIndices,
  type Pool2dShape,
} from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { type KernelJob, kernelJob, resultCells, SAMPLES, samples, uniforms } from './job.ts';

const CELL_BYTES = LANES * Float32Array.BYTES_PER_ELEMENT;

export const poolingJobs = (): readonly KernelJob[] =>
  [halving(6, 28), halving(32, 32)].flatMap((shape) => [...maximumJobs(shape), ...averageJobs(shape)]);

function maximumJobs(shape: Pool2dShape): readonly KernelJob[] {
  const { inputs, outputs, x, dy, label } = problem(shape);
  const y = reference.maxPool2d(shape, SAMPLES, x);
  const indices = reference.maxPool2dIndices(shape, SAMPLES, x);
  const group = `maxPool2d ${label}`;
  return [
    kernelJob({
      group,
      name: 'forward',
      kernel: maxPool2d(shape),
      operands: { x: samples(x), y: resultCells(outputs, () => y) },
      work: { unit: 'GB/s', amount: (inputs + outputs) * CELL_BYTES },
    }),
    kernelJob({
      group,
      name: 'forward with argmax indices',
      kernel: maxPool2dWithIndices(shape),
      operands: {
        x: samples(x),
        indices: resultCells(outputs, () => indices),
        y: resultCells(outputs, () => y),
      },
      work: { unit: 'GB/s', amount: (inputs + 2 * outputs) * CELL_BYTES },
    }),
    kernelJob({
      group,
      name: 'input gradient',
      kernel: maxPool2dInputGradient(shape),
      operands: {
        indices: samples(indices),
        dy: samples(dy),
        dx: resultCells(inputs, () => reference.maxPool2dInputGradient(shape, SAMPLES, indices, dy)),
      },
      work: { unit: 'GB/s', amount: (inputs + 2 * outputs) * CELL_BYTES },
    }),
  ];
}

function averageJobs(plain: Pool2dShape): readonly KernelJob[] {
  const shape = { ...plain, countPadding: false };
  const { inputs, outputs, x, dy, label } = problem(shape);
  const group = `avgPool2d ${label}`;
  const work = { unit: 'GB/s', amount: (inputs + outputs) * CELL_BYTES } as const;
  return [
    kernelJob({
      group,
      name: 'forward',
      kernel: avgPool2d(shape),
      operands: { x: samples(x), y: resultCells(outputs, () => reference.avgPool2d(shape, SAMPLES, x)) },
      work,
    }),
    kernelJob({
      group,
      name: 'input gradient',
      kernel: avgPool2dInputGradient(shape),
      operands: {
        dy: samples(dy),
        x: samples(x),
        dx: resultCells(inputs, () => reference.avgPool2dInputGradient(shape, SAMPLES, dy)),
      },
      work,
    }),
  ];
}

function problem({ channels, height, width }: Pool2dShape) {
  const inputs = channels * height * width;
  const outputs = inputs / 4;
  return {
    inputs,
    outputs,
    x: uniforms(SAMPLES * inputs, 'x'),
    dy: uniforms(SAMPLES * outputs, 'dy'),
    label: `2×2 ${channels}×${height}²`,
  };
}

const halving = (channels: number, size: number): Pool2dShape => ({
  channels,
  height: size,
  width: size,
  kernelHeight: 2,
  kernelWidth: 2,
  strideY: 2,
  strideX: 2,
  padTop: 0,
  padLeft: 0,
  padBottom: 0,
  padRight: 0,
});

// Writes the file that all contenders of a workload read.
import { join } from 'node:path';
import { writeSafetensors } from '@convoy/formats';
import { parametersOf } from '@convoy/layers';
import { RandomStream, type Shape, sizeOf, Tensor } from '@convoy/tensor';
import { CLASSES, DESCRIPTION, INPUTS, LABELS } from './job.ts';
import { descriptionOf, type PeerWorkload } from './workloads.ts';

/** Writes the job of a workload; `readJob` reads it. @returns the path of the file */
export async function writeJob(folder: string, workload: PeerWorkload): Promise<string> {
  const { name, targets, samples } = workload;
  const model = workload.model();
  const tensors = new Map<string, Tensor>();
  for (const parameter of parametersOf(model)) {
    if (!parameter.movingAverage) tensors.set(parameter.name, initialValues(parameter.name, parameter.shape));
  }
  tensors.set(INPUTS, uniforms(INPUTS, [samples, ...model.input], 0, 1));
  const labels = targets === 'classes' ? randomClasses(samples) : uniforms(LABELS, [samples, ...model.output], -1, 1);
  tensors.set(LABELS, labels);
  const path = join(folder, `${name}.safetensors`);
  await writeSafetensors(path, tensors, { [DESCRIPTION]: JSON.stringify(descriptionOf(workload)) });
  return path;
}

/**
 * Kernels are within √(3 / inputs), all other parameters near 1: where all numbers of a pooling window are negative, the wasm back end of
 * TensorFlow.js computes gradients that differ from those of every other framework.
 */
function initialValues(name: string, shape: Shape): Tensor {
  if (!name.endsWith('.kernel')) return uniforms(name, shape, 1 - 1 / 8, 1 + 1 / 8);
  const limit = Math.sqrt(3 / sizeOf(shape.slice(1)));
  return uniforms(name, shape, -limit, limit);
}

function randomClasses(samples: number): Tensor {
  const stream = new RandomStream(0, LABELS);
  return new Tensor(
    Float32Array.from({ length: samples }, (_, sample) => stream.uint32(sample) % CLASSES),
    [samples],
  );
}

function uniforms(purpose: string, shape: Shape, from: number, to: number): Tensor {
  const stream = new RandomStream(0, purpose);
  const numbers = Float32Array.from({ length: sizeOf(shape) }, (_, i) => from + (to - from) * stream.uniform(i));
  return new Tensor(numbers, shape);
}

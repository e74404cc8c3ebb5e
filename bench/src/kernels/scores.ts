// Jobs of losses and of accuracy, for 10 classes.
import { accuracy, type MeanSquaredErrorShape, meanSquaredError, softmaxCrossEntropy } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { BLOCKS, type KernelJob, kernelJob, resultCells, runningSum, SAMPLES, samples, uniforms } from './job.ts';

const CLASSES = 10;

export function scoreJobs(): readonly KernelJob[] {
  const shape = { classes: CLASSES };
  const errorShape: MeanSquaredErrorShape = { elements: CLASSES, reduction: 'mean' };
  const logits = uniforms(SAMPLES * CLASSES, 'logits').map((value) => Math.fround(4 * value));
  const targets = uniforms(SAMPLES * CLASSES, 'targets');
  const labels = Float64Array.from({ length: SAMPLES }, (_, sample) => (3 * sample) % CLASSES);
  const weights = new Float64Array(SAMPLES).fill(1 / (BLOCKS * SAMPLES));
  const group = `scores of ${CLASSES} classes`;
  const work = { unit: 'cells/µs', amount: CLASSES } as const;
  return [
    kernelJob({
      group,
      name: 'softmax cross-entropy and its gradient',
      kernel: softmaxCrossEntropy(shape),
      operands: {
        x: samples(logits),
        targets: samples(labels),
        weights: samples(weights),
        dx: resultCells(CLASSES, () => reference.softmaxCrossEntropyGradient(shape, SAMPLES, logits, labels, weights)),
        loss: runningSum(() => reference.softmaxCrossEntropy(shape, SAMPLES, logits, labels, weights)),
      },
      work,
    }),
    kernelJob({
      group,
      name: 'mean squared error and its gradient',
      kernel: meanSquaredError(errorShape),
      operands: {
        y: samples(logits),
        t: samples(targets),
        weights: samples(weights),
        dy: resultCells(CLASSES, () =>
          reference.meanSquaredErrorGradient(errorShape, SAMPLES, logits, targets, weights),
        ),
        loss: runningSum(() => reference.meanSquaredError(errorShape, SAMPLES, logits, targets, weights)),
      },
      work,
    }),
    kernelJob({
      group,
      name: 'accuracy',
      kernel: accuracy(shape),
      operands: {
        x: samples(logits),
        targets: samples(labels),
        weights: samples(weights),
        count: runningSum(() => SAMPLES * reference.accuracy(shape, SAMPLES, logits, labels)),
      },
      work,
    }),
  ];
}

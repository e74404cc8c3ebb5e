// The shape of a classifier's output.
import type { ClassificationShape } from '@convoy/kernels';
import { ConvoyError, formatShape, type Shape, sizeOf } from '@convoy/tensor';
import type { TargetSpec } from '../loss.ts';

/** The number of classes, and of positions that are classified: 1 for [classes], the pixels for [classes, height, width]. */
export interface Scores {
  readonly classes: number;
  readonly positions: number;
}

/** Labels are float32 numbers, in which larger ones are not exact. */
const MAX_CLASSES = 2 ** 24;

/** @throws ConvoyError CONVOY_SHAPE_MISMATCH unless the output is [classes] or [classes, …] with 2 to 2^24 classes */
export function scoresOf(output: Shape): Scores {
  const [classes, ...positions] = output;
  if (classes !== undefined && classes >= 2 && classes <= MAX_CLASSES) return { classes, positions: sizeOf(positions) };
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `a model output of shape ${formatShape(output)}`,
    expected:
      'one number a class, of 2 to 2^24 classes: [classes], or [classes, height, width] with classes for each pixel',
    fix: 'End the model with flatten() and dense({ units: classes }), or with conv2d({ filters: classes, kernelSize: 1 }).',
  });
}

/** The shape of the kernel of a metric that compares classes. */
export function classificationShape(output: Shape, { kind, ignoreLabel }: TargetSpec): ClassificationShape {
  const shape = { ...scoresOf(output), targets: kind === 'oneHot' ? kind : 'labels' } as const;
  return ignoreLabel === undefined ? shape : { ...shape, ignoreLabel };
}

// The shape of a classifier's output.
import { ConvoyError, formatShape, type Shape } from '@convoy/tensor';

/** @throws ConvoyError CONVOY_SHAPE_MISMATCH unless the output is [classes] with at least 2 of them. */
export function classesOf(output: Shape): number {
  const [classes] = output;
  if (output.length === 1 && classes !== undefined && classes >= 2) return classes;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `a model output of shape ${formatShape(output)}`,
    expected: 'one number a class, of 2 classes or more: [classes]',
    mend: 'End the model with flatten() and dense({ units: classes }).',
  });
}

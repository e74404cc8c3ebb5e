// Checks of what ops are given.
import { describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';
import { assertShape, formatShape, type Shape, sameShape } from '../shape.ts';

/**
 * The extents of a shape that has to have the named dimensions, none of them empty.
 * @throws ConvoyError CONVOY_INVALID_SHAPE, CONVOY_SHAPE_MISMATCH
 */
export function extentsOf<const Dimensions extends readonly string[]>(
  name: string,
  shape: Shape,
  dimensions: Dimensions,
): { readonly [D in keyof Dimensions]: number } {
  assertShape(shape, name);
  if (shape.length === dimensions.length && shape.every((extent) => extent > 0)) {
    return shape as { readonly [D in keyof Dimensions]: number };
  }
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${name} of shape ${formatShape(shape)}`,
    expected: `[${dimensions.join(', ')}], each of 1 or more`,
    fix: `Pass ${name} with these dimensions; reshape() gives a tensor others of the same size.`,
  });
}

/**
 * Throws unless a shape is the one that the other operands ask for.
 * @param reason what asks for it, such as 'one number a filter'
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function expectShape(name: string, shape: Shape, expected: Shape, reason: string): void {
  if (sameShape(shape, expected)) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `${name} of shape ${formatShape(shape)}`,
    expected: `${formatShape(expected)}, ${reason}`,
    fix: `Correct the shape of ${name}, or that of the other operands.`,
  });
}

/**
 * Labels as the kernels take them.
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH unless there is one a sample, CONVOY_INVALID_LABEL unless each names a class.
 */
export function checkedLabels(labels: ArrayLike<number>, count: number, classes: number): Float32Array {
  if (labels.length !== count) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `${labels.length} labels for ${count} samples`,
      expected: 'one label a sample',
      fix: 'Pass the labels of exactly these samples, each as the number of its class.',
    });
  }
  return Float32Array.from(labels, (label, sample) => {
    if (Number.isInteger(label) && label >= 0 && label < classes) return label;
    throw new ConvoyError('CONVOY_INVALID_LABEL', {
      given: `the label ${describeValue(label)} of sample ${sample}`,
      expected: `a whole number from 0 to ${classes - 1}`,
      fix: 'Correct the label, or pass logits of as many classes as there are.',
    });
  });
}

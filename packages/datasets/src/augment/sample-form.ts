// The form of samples, checked.
import { assertShape, ConvoyError, formatShape, type Shape, sizeOf } from '@convoy/tensor';
import { choiceOf, type OptionCheck } from '@convoy/tensor/checks';
import type { SampleForm } from './canvas.ts';

/** The check of an option that is a shape. */
export const shape: OptionCheck<Shape> = (name, value) => {
  assertShape(value, name);
  return value;
};

/** The numbers of the largest sample: 4,096 × 4,096 pixels of 4 channels. */
const MAX_NUMBERS = 2 ** 26;

/** The check of an option that is the shape of images, [channels, height, width]. */
export const imageShape: OptionCheck<Shape> = (name, value) => {
  const extents = shape(name, value);
  if (extents.length === 3 && !extents.includes(0)) {
    if (sizeOf(extents) <= MAX_NUMBERS) return extents;
    throw new ConvoyError('CONVOY_INVALID_SHAPE', {
      given: `samples of shape ${formatShape(extents)} to augment`,
      expected: `samples of at most ${MAX_NUMBERS} numbers`,
      fix: 'Make the images smaller.',
    });
  }
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `samples of shape ${formatShape(extents)} to augment`,
    expected: 'samples of shape [channels, height, width]',
    fix: 'Give images this sampleShape, or leave the augmentations out.',
  });
};

/** The check of an option that is the type of the numbers of a sample. */
export const element = choiceOf('uint8', 'float32');

export const formOf = ([channels = 0, height = 0, width = 0]: Shape, element: SampleForm['element']): SampleForm => ({
  channels,
  height,
  width,
  element,
});

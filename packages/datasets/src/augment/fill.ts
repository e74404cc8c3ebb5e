// The numbers of pixels that an image has no numbers for.
import { ConvoyError } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import type { Fill } from './augmentation.ts';
import type { SampleForm } from './canvas.ts';

/**
 * A number for each channel.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function fillFor({ channels, element }: SampleForm, fill: Fill): Float64Array {
  const numbers = typeof fill === 'number' ? Array<number>(channels).fill(fill) : fill;
  const fits =
    element === 'float32' || numbers.every((number) => Number.isInteger(number) && number >= 0 && number <= 255);
  if (numbers.length === channels && fits) return Float64Array.from(numbers);
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `fill: ${describeValue(fill)} for ${channels} channels of ${element}`,
    expected: element === 'uint8' ? `whole numbers from 0 to 255, one or ${channels}` : `one number or ${channels}`,
    fix: 'Pass one number for all channels, or a list with a number for each.',
  });
}

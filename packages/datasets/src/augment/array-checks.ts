// Checks of the arrays that samples are read from and written to.
import { ConvoyError } from '@convoy/tensor';
import { isFloat32Array, isUint8Array } from '@convoy/tensor/builtins';
import { describeValue } from '@convoy/tensor/errors';
import type { Row, SampleForm } from './canvas.ts';

/** Whether a value is an array of the type of samples. */
export type IsArray = (value: unknown) => boolean;

export const isRowOf = ({ element }: SampleForm): IsArray => (element === 'uint8' ? isUint8Array : isFloat32Array);

/**
 * Checks that an array has a type, and `size` numbers from number `offset` on.
 * @throws ConvoyError CONVOY_INVALID_DATA, CONVOY_INDEX_OUT_OF_RANGE
 */
export function checkArray(
  name: string,
  array: Row | Int32Array,
  offset: number,
  size: number,
  isRight: IsArray,
): void {
  if (!isRight(array)) throw wrongArray(name, array);
  if (Number.isInteger(offset) && offset >= 0 && offset + size <= array.length) return;
  throw new ConvoyError('CONVOY_INDEX_OUT_OF_RANGE', {
    given: `${name}: ${describeValue(array)}, from number ${describeValue(offset)} on`,
    expected: `${size} numbers from there on`,
    fix: 'Correct the offset, which counts numbers, not samples.',
  });
}

const wrongArray = (name: string, array: unknown) =>
  new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${name}: ${describeValue(array)}`,
    expected: 'for samples a Uint8Array or a Float32Array, for labels an Int32Array, for targets a Float32Array',
    fix: 'Pass an array of the type of the samples, labels or targets.',
  });

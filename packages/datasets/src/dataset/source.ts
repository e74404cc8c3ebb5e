// What all kinds of sources have in common.
import { ConvoyError } from '@convoy/tensor';
import { isFloat32Array, isObject } from '@convoy/tensor/builtins';
import { describeValue } from '@convoy/tensor/errors';
import type { ReadSource, Source } from './dataset.ts';

/**
 * The type of the numbers of a sample.
 * @throws ConvoyError CONVOY_INVALID_DATA for what is no source
 */
export function elementOf(source: Source): ReadSource['element'] {
  if (!isObject(source)) throw noSource(source);
  if (source.kind === 'read') return source.element;
  return isFloat32Array(source.samples) ? 'float32' : 'uint8';
}

const noSource = (value: unknown) =>
  new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(value)} as the source of a data set`,
    expected: 'the source of a data set, as createDataset returns it',
    fix: 'Pass dataset.source.',
  });

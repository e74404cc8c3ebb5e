// The check of what a user passes as a data set. Its numbers were checked when it was created.
import { ConvoyError, isShape, type Shape, sizeOf } from '@convoy/tensor';
import { isFloat32Array, isInt32Array, isObject, isPromise, isUint8Array } from '@convoy/tensor/builtins';
import type { OptionCheck } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import type { Dataset } from './dataset.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Checks that a value is a data set: that its fields have the right types, and their lengths fit together.
 * @param name what messages call the value
 * @throws ConvoyError CONVOY_INVALID_DATA
 */
export const checkDataset: OptionCheck<Dataset> = (name, value) => {
  const wrong = isFields(value) && 'source' in value ? wrongField(value) : '';
  if (wrong === undefined) return value as Dataset;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(value)} as ${name}${wrong === '' ? '' : `, with ${wrong}`}`,
    expected: 'a data set, as createDataset returns it',
    fix: fixFor(value),
  });
};

function wrongField(value: Fields): string | undefined {
  const { length, sampleShape, source, targets, normalization } = value;
  if (!Number.isSafeInteger(length) || (length as number) < 1) return describe({ length });
  if (!isShape(sampleShape) || sampleShape.length === 0) return describe({ sampleShape });
  if (!isFields(source)) return describe({ source });
  const inSource = wrongSource(source, length as number, sizeOf(sampleShape));
  if (inSource !== undefined) return inSource;
  if (!isFields(targets) || !areTargets(targets, length as number)) return describe({ targets });
  return isNormalization(normalization, sampleShape) ? undefined : describe({ normalization });
}

function wrongSource(source: Fields, length: number, size: number): string | undefined {
  const { kind, samples, rows, module, element } = source;
  if (rows !== undefined && !(isInt32Array(rows) && rows.length === length)) return describe({ 'source.rows': rows });
  if (kind === 'read') {
    if (element !== 'uint8' && element !== 'float32') return describe({ 'source.element': element });
    return typeof module === 'string' ? undefined : describe({ 'source.module': module });
  }
  if (kind !== 'stored') return describe({ 'source.kind': kind });
  const areSamples = isUint8Array(samples) || isFloat32Array(samples);
  if (areSamples && (rows === undefined ? samples.length === length * size : samples.length % size === 0)) return;
  return describe({ 'source.samples': samples });
}

function areTargets({ kind, shape, labels, classes, values }: Fields, length: number): boolean {
  if (!isShape(shape)) return false;
  const count = length * sizeOf(shape);
  if (kind === 'values') return isFloat32Array(values) && values.length === count;
  const areLabels = isUint8Array(labels) || isInt32Array(labels);
  return kind === 'labels' && areLabels && labels.length === count && Number.isSafeInteger(classes);
}

function isNormalization(value: unknown, [channels]: Shape): boolean {
  if (!isFields(value)) return false;
  const { scale, offset } = value;
  return [scale, offset].every(
    (numbers) => Array.isArray(numbers) && numbers.length === channels && numbers.every(Number.isFinite),
  );
}

const describe = (field: Fields): string => {
  const [[name, value] = []] = Object.entries(field);
  return `${name}: ${describeValue(value)}`;
};

function fixFor(value: unknown): string {
  if (isPromise(value)) return 'Await it.';
  if (isFields(value) && 'train' in value && 'test' in value) return 'Pass one of its parts, train or test.';
  return 'Make one with createDataset({ sampleShape, inputs, targets }).';
}

const isFields = (value: unknown): value is Fields => isObject(value) && !Array.isArray(value);

// The checks of tensors and of lists of numbers.
import { isObject } from '../builtins.ts';
import { describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';
import { isTensor, type Tensor } from '../tensor.ts';

/**
 * Checks that a value is a tensor.
 * @param name what messages call it
 * @throws ConvoyError CONVOY_INVALID_DATA
 */
export function checkTensor(name: string, value: unknown): Tensor {
  if (isTensor(value)) return value;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(value)} as ${name}`,
    expected: 'a tensor',
    fix: isClone(value)
      ? 'A clone of a tensor is plain data. Make it a tensor again: new Tensor(data, shape).'
      : 'Make one with tensor([[1, 2], [3, 4]]) or new Tensor(data, shape).',
  });
}

/** Whether a value looks like a tensor that went through structured clone. */
const isClone = (value: unknown): boolean => isObject(value) && 'data' in value && 'shape' in value;

/**
 * Checks that a value is an array or a typed array, or has their `length`. Its elements are not checked.
 * @param name what messages call it
 * @throws ConvoyError CONVOY_INVALID_DATA
 */
export function checkArrayLike(name: string, value: unknown): ArrayLike<number> {
  if (isObject(value) && 'length' in value && isLength(value.length)) return value as ArrayLike<number>;
  throw new ConvoyError('CONVOY_INVALID_DATA', {
    given: `${describeValue(value)} as ${name}`,
    expected: 'an array or a typed array of numbers',
    fix: isTensor(value) ? 'Pass the data of the tensor.' : `Pass ${name} as an array of numbers.`,
  });
}

const isLength = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

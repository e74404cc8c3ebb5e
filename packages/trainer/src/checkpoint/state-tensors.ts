// Tensors in the states of callbacks: in a checkpoint they stand among those of the file, and { "$tensor": name } stands in their place.
import { ConvoyError, Tensor } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { checkpointError } from './checkpoint-error.ts';
import { isPlainObject, isRecord } from './exact-json.ts';

const TENSOR = '$tensor';

type States = Readonly<Record<string, unknown>>;

/**
 * The states with names for tensors.
 * @param add is told of each tensor, with a name that says where it was: `callback.<callback>/<field>/…`
 * @throws ConvoyError CONVOY_INVALID_DATA for a state that could not be told from a name
 */
export const withoutTensors = (states: States, add: (name: string, tensor: Tensor) => void): States =>
  Object.fromEntries(Object.entries(states).map(([name, state]) => [name, takeOut(state, `callback.${name}`, add)]));

/**
 * The states as they were.
 * @param tensors those that are found are removed
 * @throws ConvoyError CONVOY_FILE_FORMAT if one is missing
 */
export const withTensors = (states: States, tensors: Map<string, Tensor>, source: string): States =>
  putIn(states, tensors, source) as States;

function takeOut(value: unknown, place: string, add: (name: string, tensor: Tensor) => void): unknown {
  if (value instanceof Tensor) {
    add(place, value);
    return { [TENSOR]: place };
  }
  if (Array.isArray(value)) return Array.from(value, (entry, i) => takeOut(entry, `${place}/${i}`, add));
  if (!isPlainObject(value)) return value;
  if (TENSOR in value) {
    throw new ConvoyError('CONVOY_INVALID_DATA', {
      given: `${place} with a key ${TENSOR}`,
      expected: 'a state without it: checkpoints use it for tensors',
      fix: 'Choose another key.',
    });
  }
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, takeOut(field, `${place}/${key}`, add)]));
}

function putIn(value: unknown, tensors: Map<string, Tensor>, source: string): unknown {
  if (Array.isArray(value)) return value.map((entry) => putIn(entry, tensors, source));
  if (!isRecord(value)) return value;
  if (!(TENSOR in value)) {
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, putIn(field, tensors, source)]));
  }
  const name = value[TENSOR];
  const tensor = typeof name === 'string' ? tensors.get(name) : undefined;
  if (tensor === undefined) {
    throw checkpointError(source, `no tensor ${describeValue(name)}`, 'each tensor that the state of a callback names');
  }
  tensors.delete(name as string);
  return tensor;
}

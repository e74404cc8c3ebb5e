// The check of what a callback's `state` returns: it must be data that a checkpoint can hold.
import { ConvoyError, isTensor } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { isPlainObject } from '../checkpoint/exact-json.ts';

/** Deeper data is most likely data that contains itself. */
const MAX_DEPTH = 100;

/**
 * @param label what messages call the state, such as `callbacks[0].state()`
 * @throws ConvoyError CONVOY_INVALID_DATA with the path of the first value that is not plain data
 */
export function checkState(label: string, state: unknown, depth = 0): void {
  if (depth > MAX_DEPTH)
    throw notPlain(`${label.slice(0, MAX_SHOWN)}…, more than ${MAX_DEPTH} levels deep or part of itself`);
  if (state === null || state === undefined || isTensor(state)) return;
  if (typeof state === 'boolean' || typeof state === 'number' || typeof state === 'string') return;
  if (Array.isArray(state)) {
    for (const [i, entry] of state.entries()) checkState(`${label}[${i}]`, entry, depth + 1);
  } else if (isPlainObject(state)) {
    for (const [key, field] of Object.entries(state)) checkState(`${label}.${key}`, field, depth + 1);
  } else {
    throw notPlain(`${label}: ${describeValue(state)}`);
  }
}

/** Characters of a path in a message. */
const MAX_SHOWN = 100;

const notPlain = (given: string) =>
  new ConvoyError('CONVOY_INVALID_DATA', {
    given,
    expected: 'plain data that JSON can hold, or tensors',
    fix: 'Convert it, for example typed arrays with Array.from(…) and maps with Object.fromEntries(…).',
  });

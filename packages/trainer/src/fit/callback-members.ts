// The check of what a user passes as a callback. A member with a wrong name would never be called.
import { ConvoyError, positiveInteger } from '@convoy/tensor';
import {
  adviceFor,
  checkValues,
  closestName,
  flag,
  functionOf,
  type OptionChecks,
  optional,
  text,
} from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { isPlainObject, isRecord } from '../checkpoint/exact-json.ts';
import type { Callback } from './callback.ts';

const member = optional(functionOf());

const members = {
  name: optional(text),
  state: member,
  restore: member,
  skipsFastDevRun: optional(flag),
  acquire: member,
  release: member,
  onStart: member,
  everySteps: optional(positiveInteger),
  onSteps: member,
  onProgress: member,
  onEpochEnd: member,
  onEnd: member,
} satisfies OptionChecks<Callback>;

const known = Object.keys(members);

/**
 * @param label what messages call the callback, such as `callbacks[0]`
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function checkCallback(label: string, value: unknown): asserts value is Callback {
  if (!isRecord(value)) {
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${label}: ${describeValue(value)}`,
      expected: `an object with some of ${known.join(', ')}`,
      fix:
        typeof value === 'function'
          ? 'Pass { onEpochEnd: … }, or call the function that makes it.'
          : 'Pass { onEpochEnd: … }.',
    });
  }
  const unknown = isPlainObject(value) ? unknownMember(value) : misspelledMember(value);
  if (unknown !== undefined) throw unknownMemberError(label, unknown);
  checkValues(
    Object.fromEntries(known.map((name) => [`${label}.${name}`, value[name]])),
    Object.fromEntries(Object.entries(members).map(([name, check]) => [`${label}.${name}`, check])),
  );
}

const unknownMember = (callback: object): string | undefined =>
  Object.keys(callback).find((name) => !known.includes(name));

/** An instance of a class may have members of its own. Only a method that looks like a misspelled event is an error. */
function misspelledMember(callback: Readonly<Record<string, unknown>>): string | undefined {
  for (let owner: object = callback; Object.getPrototypeOf(owner) !== null; owner = Object.getPrototypeOf(owner)) {
    const found = Object.getOwnPropertyNames(owner).find(
      (name) =>
        /^on[A-Za-z]/.test(name) &&
        !known.includes(name) &&
        closestName(name, known) !== undefined &&
        typeof callback[name] === 'function',
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

const unknownMemberError = (label: string, unknown: string) =>
  new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${label}.${unknown}, which callbacks do not have`,
    expected: `only what they have: ${known.join(', ')}`,
    fix: adviceFor(unknown, known),
  });

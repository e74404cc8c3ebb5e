// What users of Convoy define themselves: layers, losses, metrics, optimizers, schedules and initializers. Their
// definitions may be incomplete, throw, or return nonsense.

import { isError, isObject } from '../builtins.ts';
import { type CheckedOptions, checkValues, type OptionCheck, text } from '../checks/index.ts';
import { ConvoyError } from '../errors/errors.ts';
import { describeValue, isConvoyError } from '../errors/index.ts';

/**
 * Checks the parts of a definition when it is registered.
 * @throws ConvoyError CONVOY_INVALID_OPTION that names the part
 */
export function checkDefinition(definition: unknown, checks: Readonly<Record<string, OptionCheck>>): void {
  if (!isObject(definition)) {
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${describeValue(definition)} as a definition`,
      expected: `an object with ${Object.keys(checks).join(', ')}`,
      fix: 'Pass the definition as an object; docs/layers.md has an example.',
    });
  }
  const named = Object.entries({ type: text, ...checks }).map(
    ([part, check]) => [part, (_: string, value: unknown) => check(`definition.${part}`, value)] as const,
  );
  checkValues({ ...definition }, Object.fromEntries(named));
}

/**
 * Runs a part of a definition, and returns its result.
 * @param of what is defined, such as "layer 'conv1'"
 * @throws ConvoyError the one that the definition throws; CONVOY_LAYER_FAILED for any other error
 */
export function inDefinition<T>(of: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isConvoyError(error)) throw error;
    const thrown = isError(error) ? `${error.name}: ${error.message}` : describeValue(error);
    throw new ConvoyError('CONVOY_LAYER_FAILED', {
      given: `${of}, whose definition threw ${thrown}`,
      expected: 'a definition that accepts its input, or rejects it with a ConvoyError',
      fix: 'Look at the cause: it is an error of the definition, not of the model.',
      cause: error,
    });
  }
}

/**
 * The error for a definition that returns nonsense.
 * @param of what is defined, such as "layer 'conv1'"
 * @param part the part that returns it, such as 'outputShape'
 */
export const wrongResult = (of: string, part: string, result: unknown, expected: string): ConvoyError =>
  new ConvoyError('CONVOY_LAYER_FAILED', {
    given: `${of}, whose ${part} returns ${describeValue(result)}`,
    expected,
    fix: `Correct ${part} in the definition.`,
  });

/**
 * Checks the parts of an object that a definition returns.
 * @param of what is defined, such as "layer 'conv1'"
 * @param part the part of the definition that returns it, such as 'compile'
 * @throws ConvoyError CONVOY_LAYER_FAILED
 */
export function checkResult<Checks extends Readonly<Record<string, OptionCheck>>>(
  of: string,
  part: string,
  result: unknown,
  checks: Checks,
): CheckedOptions<Checks> {
  if (!isObject(result)) throw wrongResult(of, part, result, `an object with ${Object.keys(checks).join(', ')}`);
  try {
    return checkValues(result as Readonly<Record<string, unknown>>, checks);
  } catch (error) {
    if (!isConvoyError(error) || error.code === 'CONVOY_LAYER_FAILED') throw error;
    const { given, expected } = error;
    throw new ConvoyError('CONVOY_LAYER_FAILED', {
      given: `${of}, whose ${part} returns an object with ${given}`,
      expected,
      fix: `Correct ${part} in the definition.`,
      cause: error,
    });
  }
}

// Names the layer in errors that its definition throws.
import { ConvoyError } from '@convoy/tensor';

/**
 * Runs a part of a layer's definition and returns its result.
 * @throws ConvoyError the one that the definition throws, with the name of the layer; CONVOY_LAYER_FAILED for any other error
 */
export function inLayer<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConvoyError) {
      const { code, given, expected, fix } = error;
      throw new ConvoyError(code, { given: `to layer '${name}' ${given}`, expected, fix, cause: error });
    }
    throw new ConvoyError('CONVOY_LAYER_FAILED', {
      given: `layer '${name}', whose definition threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
      expected: 'a definition that accepts its input, or rejects it with a ConvoyError',
      fix: 'Look at the cause: it is an error of the layer, not of the model.',
      cause: error,
    });
  }
}

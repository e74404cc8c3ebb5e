// Errors inside of a layer's definition, with the name of the layer.
import { ConvoyError } from '@convoy/tensor';

/**
 * What a part of a layer's definition returns.
 * @throws ConvoyError as the layer does, naming it; CONVOY_LAYER_FAILED for what else it throws
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
      expected: 'a definition that takes any input, or refuses it with a ConvoyError',
      fix: 'Look at the cause; it is an error of the layer, not of the model.',
      cause: error,
    });
  }
}

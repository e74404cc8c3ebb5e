// Names the layer in errors that its definition throws.
import { ConvoyError } from '@convoy/tensor';
import { inDefinition } from '@convoy/tensor/definitions';
import { isConvoyError } from '@convoy/tensor/errors';

/**
 * Runs a part of a layer's definition and returns its result.
 * @throws ConvoyError the one that the definition throws, with the name of the layer; CONVOY_LAYER_FAILED for any other
 * error
 */
export const inLayer = <T>(name: string, work: () => T): T =>
  inDefinition(`layer '${name}'`, () => {
    try {
      return work();
    } catch (error) {
      // What was wrong about the definition itself names the layer already.
      if (!isConvoyError(error) || error.code === 'CONVOY_LAYER_FAILED') throw error;
      const { code, given, expected, fix } = error;
      throw new ConvoyError(code, { given: `to layer '${name}' ${given}`, expected, fix, cause: error });
    }
  });

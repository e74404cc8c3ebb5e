// Makes a layer of an activation. The layer before applies it where it stores its result, and the layer after applies the
// derivative, where they can; elsewhere it has kernels of its own.
import { type Activation, pointwise, pointwiseGradient } from '@convoy/kernels';
import { sizeOf } from '@convoy/tensor';
import { defineLayer, type Layer, type LayerOptions } from '../layer.ts';

interface ReferenceActivation {
  forward(x: Float64Array): Float64Array;
  /** The gradient at the input, of the output and the gradient at the output. */
  backward(y: Float64Array, outputGradient: Float64Array): Float64Array;
}

export function defineActivation(
  activation: Activation,
  reference: ReferenceActivation,
): (options?: LayerOptions) => Layer {
  const describe = defineLayer<LayerOptions, object>({
    type: activation.name,
    settings: () => ({}),
    outputShape: (_, input) => input,
    activation,
    compile: (_, { input, x, y, outputGradient, inputGradient }) => ({
      forward: [{ kernel: pointwise(sizeOf(input), activation), places: [x, y] }],
      backward: () =>
        inputGradient
          ? [{ kernel: pointwiseGradient(sizeOf(input), activation), places: [y, outputGradient, inputGradient] }]
          : [],
    }),
    reference: {
      forward: (_settings, _input, _batch, x) => reference.forward(x),
      backward: (_settings, _input, _batch, x, _parameters, outputGradient) => ({
        input: reference.backward(reference.forward(x), outputGradient),
        parameters: {},
      }),
    },
  });
  return (options = {}) => describe(options);
}

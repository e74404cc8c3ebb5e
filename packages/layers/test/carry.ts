// A layer that passes its input on and does what activations ask of their neighbours: it applies the one behind it and the derivative of
// the one in front of it. Between two of these every fusion of a layer comes to pass, whatever its shapes.
import { pointwise, pointwiseGradient } from '@convoy/kernels';
import { defineLayer, type Layer, type LayerOptions } from '@convoy/layers';
import { sizeOf } from '@convoy/tensor';

const describe = defineLayer<LayerOptions, object>({
  type: 'carry',
  settings: () => ({}),
  outputShape: (_, input) => input,
  fusesActivation: true,
  fusesInputActivation: true,
  compile: (_, { input, x, y, activation, inputActivation, outputGradient, inputGradient }) => ({
    forward: [{ kernel: pointwise(sizeOf(input), activation), places: [x, y] }],
    backward: () =>
      inputGradient
        ? [{ kernel: pointwiseGradient(sizeOf(input), inputActivation), places: [x, outputGradient, inputGradient] }]
        : [],
  }),
  reference: {
    forward: (_settings, _input, _batch, x) => x,
    backward: (_settings, _input, _batch, _x, _parameters, outputGradient) => ({
      input: outputGradient,
      parameters: {},
    }),
  },
});

export const carry = (): Layer => describe({});

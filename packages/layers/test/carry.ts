// A layer that returns its input and fuses activations on both sides: it applies the activation after it, and the derivative of the activation
// before it. A layer between two of these can fuse whatever it offers to fuse, for any shape.
import { pointwise, pointwiseGradient } from '@convoy/kernels';
import { call, defineLayer, type Layer, type LayerOptions } from '@convoy/layers';
import { sizeOf } from '@convoy/tensor';

const describe = defineLayer<LayerOptions, object>({
  type: 'carry',
  settings: () => ({}),
  outputShape: (_, [input]) => input,
  fusesActivation: true,
  fusesInputActivation: true,
  compile: (_, { input, x, y, activation, inputActivation, outputGradient: dy, inputGradient: dx }) => ({
    forward: [call(pointwise(sizeOf(input), activation), { x, y })],
    backward: () => (dx ? [call(pointwiseGradient(sizeOf(input), inputActivation), { y: x, dy, dx })] : []),
  }),
  reference: {
    forward: (_settings, _inputs, _batch, [x]) => x,
    backward: (_settings, _inputs, _batch, _xs, _parameters, outputGradient) => ({
      inputs: [outputGradient],
      parameters: {},
    }),
  },
});

export const carry = (): Layer => describe({});

// Softmax over channels.
import { type PlanesShape, softmaxInputGradient, softmax as softmaxKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { type Shape, sizeOf } from '@convoy/tensor';
import { defineLayer, type Layer, type LayerOptions } from '../layer.ts';
import { call } from '../layer-context.ts';

const describe = defineLayer<LayerOptions, object>({
  type: 'softmax',
  settings: () => ({}),
  outputShape: (_, [input]) => input,

  compile(_, { input, x, y, outputGradient, inputGradient }) {
    const shape = planesOf(input);
    return {
      forward: [call(softmaxKernel(shape), { x, y })],
      backward: () =>
        inputGradient ? [call(softmaxInputGradient(shape), { y, dy: outputGradient, dx: inputGradient })] : [],
    };
  },

  reference: {
    forward: (_settings, [input], batch, [x]) => reference.softmax(planesOf(input), batch, x),
    backward(_settings, [input], batch, [x], _parameters, outputGradient) {
      const shape = planesOf(input);
      const y = reference.softmax(shape, batch, x);
      return { inputs: [reference.softmaxInputGradient(shape, batch, y, outputGradient)], parameters: {} };
    },
  },
});

/**
 * y[c, …] = e^x[c, …] / Σ e^x over the first dimension, for each place of the others by itself: over the features of [features], over the channels of
 * each pixel of [channels, height, width]. Computed without overflow. Output as input.
 *
 * To train a classifier leave it out: the loss `softmaxCrossEntropy` takes what would be its input, and is more exact.
 * J. Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.
 */
export const softmax = (options: LayerOptions = {}): Layer => describe(options);

const planesOf = (input: Shape): PlanesShape => {
  const [channels = 1, ...plane] = input;
  return { channels, area: sizeOf(plane) };
};

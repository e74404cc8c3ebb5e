// Softmax over the first dimension.
import { softmaxInputGradient, softmax as softmaxKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { defineLayer, type Layer, type LayerOptions } from '../layer.ts';
import { call } from '../layer-context.ts';
import { planesOf } from './normalization-options.ts';

const describe = defineLayer<LayerOptions, object>({
  type: 'softmax',
  settings: (check) => check({}),
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
 * y[c, …] = e^x[c, …] / Σ e^x[k, …], where the sum runs over the first dimension: over the features of an input [features], or over the channels of
 * each pixel of an input [channels, height, width]. Output of the same shape. Computed without overflow.
 *
 * To train a classifier, leave this layer out: the loss `softmaxCrossEntropy` takes logits, and is more accurate.
 * J. Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.
 */
export const softmax = (options: LayerOptions = {}): Layer => describe(options);

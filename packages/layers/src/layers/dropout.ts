// Dropout of single elements.
import { type DropoutShape, dropout as dropoutKernel, identity, pointwise } from '@convoy/kernels';
import { type Shape, sizeOf } from '@convoy/tensor';
import { float32In } from '@convoy/tensor/checks';
import { hashPurpose } from '@convoy/tensor/random';
import { defineLayer, type Layer, type LayerOptions } from '../layer.ts';
import { call } from '../layer-context.ts';
import { referenceView } from './view.ts';

/** Options of `dropout` and `spatialDropout2d`. */
export interface DropoutOptions extends LayerOptions {
  /** The probability that an element, or a channel, becomes 0: from 0 to below 1. */
  readonly rate: number;
}

interface DropoutSettings {
  readonly rate: number;
}

/**
 * Defines a layer type that drops elements or channels.
 * @param channelsOf the number of draws per sample; default one per element
 */
export const defineDropout = (
  type: string,
  channelsOf?: (input: Shape) => number,
): ((options: DropoutOptions) => Layer) =>
  defineLayer<DropoutOptions, DropoutSettings>({
    type,
    settings: (check) => check({ rate: float32In({ atLeast: 0, below: 1 }) }),
    outputShape: (_, [input]) => input,

    compile({ rate }, { name, input, x, y, outputGradient, inputGradient, randomKeys }) {
      const cells = sizeOf(input);
      const channels = channelsOf ? { channels: channelsOf(input) } : {};
      const shape: DropoutShape = { cells, ...channels, rate, layerKey: hashPurpose(name) };
      return {
        forward: [call(dropoutKernel(shape), { x, keys: randomKeys, y })],
        inference: [call(pointwise(cells, identity), { x, y })],
        backward: () =>
          inputGradient ? [call(dropoutKernel(shape), { x: outputGradient, keys: randomKeys, y: inputGradient })] : [],
      };
    },

    // The function in evaluation: in training, the mask depends on the step.
    reference: referenceView,
  });

/**
 * In training, each element becomes y = x / (1 − rate) with probability 1 − rate, else 0. In evaluation and prediction, y = x. Input of any shape,
 * output of the same shape. The same as `torch.nn.Dropout`.
 *
 * The mask is a function of the seed, the step, the sample's position in the batch, the layer's name and the position of the element. It does not
 * depend on the workers, and a repeated step has the same mask.
 *
 * N. Srivastava and others, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const dropout = defineDropout('dropout');

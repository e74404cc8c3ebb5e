// Dropout of single numbers.
import { type DropoutShape, dropout as dropoutKernel, identity, pointwise } from '@convoy/kernels';
import { finiteNumber, type Shape, sizeOf } from '@convoy/tensor';
import { hashPurpose } from '@convoy/tensor/random';
import { defineLayer, type Layer, type LayerOptions } from '../layer.ts';
import { call } from '../layer-context.ts';
import { referenceView } from './view.ts';

export interface DropoutOptions extends LayerOptions {
  /** The part of the numbers, or channels, that become 0: from 0 to below 1. */
  readonly rate: number;
}

interface DropoutSettings {
  readonly rate: number;
}

/**
 * Makes a layer of dropout, of numbers or of runs of them.
 * @param channelsOf how many draws a sample takes; without it, one a number
 */
export const defineDropout = (
  type: string,
  channelsOf?: (input: Shape) => number,
): ((options: DropoutOptions) => Layer) =>
  defineLayer<DropoutOptions, DropoutSettings>({
    type,
    settings: ({ rate }) => ({ rate: finiteNumber('rate', rate, { atLeast: 0, below: 1 }) }),
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

    // In evaluation mode: what is dropped in training depends on the step.
    reference: referenceView,
  });

/**
 * In training, y = x / (1 − rate) with probability 1 − rate, else 0, for each number by itself; y = x in evaluation and prediction. What is
 * dropped is a function of the seed, the step, the sample's position in the batch, the layer's name and the number's place, so it does not
 * depend on the workers and is the same when a step is repeated. Input of any shape. As `torch.nn.Dropout`.
 *
 * N. Srivastava and others, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const dropout = defineDropout('dropout');

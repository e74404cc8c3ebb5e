// Adaptive average pooling.
import {
  type AdaptivePool2dShape,
  adaptiveAvgPool2dInputGradient,
  adaptiveAvgPool2d as adaptiveAvgPool2dKernel,
  reference,
} from '@convoy/kernels';
import type { Pair, Shape } from '@convoy/tensor';
import { planes, positivePair } from '@convoy/tensor/options';
import { defineLayer, type Layer, type LayerOptions } from '../layer.ts';
import { call } from '../layer-context.ts';

export interface AdaptiveAvgPool2dOptions extends LayerOptions {
  /** Rows and columns of the output. */
  readonly size: Pair;
}

interface BinSettings {
  readonly size: readonly [number, number];
  /** Whether the output is [channels], for planes of one bin. */
  readonly isFlat: boolean;
}

/** Makes a layer type that computes the mean of each bin. */
export const defineBinMeans = <Options extends LayerOptions>(
  type: string,
  settings: (options: Options) => BinSettings,
): ((options: Options) => Layer) =>
  defineLayer<Options, BinSettings>({
    type,
    settings,
    outputShape: ({ size, isFlat }, [input]) => [planes(input)[0], ...(isFlat ? [] : size)],
    fusesInputActivation: true,

    compile(settings, { input, x, y, outputGradient, inputGradient, inputActivation }) {
      const shape = shapeOf(settings, input);
      return {
        forward: [call(adaptiveAvgPool2dKernel(shape), { x, y })],
        backward: () =>
          inputGradient
            ? [
                call(adaptiveAvgPool2dInputGradient(shape, inputActivation), {
                  dy: outputGradient,
                  x,
                  dx: inputGradient,
                }),
              ]
            : [],
      };
    },

    reference: {
      forward: (settings, [input], batch, [x]) => reference.adaptiveAvgPool2d(shapeOf(settings, input), batch, x),
      backward: (settings, [input], batch, _xs, _parameters, outputGradient) => ({
        inputs: [reference.adaptiveAvgPool2dInputGradient(shapeOf(settings, input), batch, outputGradient)],
        parameters: {},
      }),
    },
  });

/**
 * The mean of each bin, where bins divide each channel into the given number of rows and columns: bin i of an axis covers the cells from
 * ⌊i · input / size⌋ to ⌈(i + 1) · input / size⌉ − 1. Bins overlap where the size does not divide the input; a size larger than the input's
 * repeats cells. The same as torch.nn.AdaptiveAvgPool2d.
 *
 * Input [channels, height, width], output [channels, ...size].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; when a model is built CONVOY_SHAPE_MISMATCH.
 */
export const adaptiveAvgPool2d = defineBinMeans<AdaptiveAvgPool2dOptions>('adaptiveAvgPool2d', ({ size }) => ({
  size: positivePair('size', size),
  isFlat: false,
}));

function shapeOf({ size: [rows, columns] }: BinSettings, input: Shape): AdaptivePool2dShape {
  const [channels, height, width] = planes(input);
  return { channels, height, width, rows, columns };
}

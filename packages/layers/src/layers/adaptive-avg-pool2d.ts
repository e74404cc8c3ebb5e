// Adaptive average pooling.
import {
  type AdaptivePool2dShape,
  adaptiveAvgPool2dInputGradient,
  adaptiveAvgPool2d as adaptiveAvgPool2dKernel,
} from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import type { Pair, Shape } from '@convoy/tensor';
import type { OptionChecker, OptionsParameter } from '@convoy/tensor/checks';
import { planes, positivePair } from '@convoy/tensor/options';
import { defineLayer, type Layer, type LayerOptions, type OwnOptions } from '../layer.ts';
import { call } from '../layer-context.ts';

/** Options of `adaptiveAvgPool2d`. */
export interface AdaptiveAvgPool2dOptions extends LayerOptions {
  /** The height and width of the output. */
  readonly size: Pair;
}

interface AdaptiveAvgPool2dSettings {
  readonly size: readonly [number, number];
}

interface BinMeans<Options extends LayerOptions, Settings> {
  readonly type: string;
  settings(check: OptionChecker<OwnOptions<Options>>): Settings;
  /** How many rows and columns of bins a plane has. */
  bins(settings: Settings): readonly [rows: number, columns: number];
  outputShape(settings: Settings, channels: number): Shape;
}

/** Defines a layer type that computes the mean of each bin. */
export function defineBinMeans<Options extends LayerOptions, Settings extends object>({
  type,
  settings,
  bins,
  outputShape,
}: BinMeans<Options, Settings>): (...options: OptionsParameter<Options>) => Layer {
  const shapeOf = (settings: Settings, input: Shape): AdaptivePool2dShape => {
    const [channels, height, width] = planes(input);
    const [rows, columns] = bins(settings);
    return { channels, height, width, rows, columns };
  };
  return defineLayer<Options, Settings>({
    type,
    settings,
    outputShape: (settings, [input]) => outputShape(settings, planes(input)[0]),
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
}

/**
 * Divides each channel into `size` rows and columns of bins, and computes the mean of each bin. Bin i of an axis covers the pixels from
 * ⌊i · input / size⌋ to ⌈(i + 1) · input / size⌉ − 1: bins overlap if the size does not divide the input, and pixels are repeated if the size is
 * larger than the input. The same as `torch.nn.AdaptiveAvgPool2d`.
 *
 * Input [channels, height, width], output [channels, ...size].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built
 */
export const adaptiveAvgPool2d = defineBinMeans<AdaptiveAvgPool2dOptions, AdaptiveAvgPool2dSettings>({
  type: 'adaptiveAvgPool2d',
  settings: (check) => check({ size: positivePair }),
  bins: ({ size }) => size,
  outputShape: ({ size }, channels) => [channels, ...size],
});

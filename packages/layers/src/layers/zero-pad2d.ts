// Pads planes with zeros.
import { type Frame2dShape, zeroPad2dInputGradient, zeroPad2d as zeroPad2dKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import type { Pair, Shape, Sides } from '@convoy/tensor';
import { checkSides, planes } from '@convoy/tensor/options';
import { defineLayer, type LayerOptions } from '../layer.ts';
import { call } from '../layer-context.ts';

/** Options of `zeroPad2d`. */
export interface ZeroPad2dOptions extends LayerOptions {
  /** Rows and columns to add: a number for all sides, [vertical, horizontal], or { top, left, bottom, right }. */
  readonly padding: Pair | Sides;
}

interface ZeroPad2dSettings {
  readonly padding: Sides;
}

/**
 * Adds rows and columns of zeros around planes: y[c, top + i, left + j] = x[c, i, j], and 0 elsewhere.
 *
 * Input [channels, height, width], output [channels, top + height + bottom, left + width + right].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built
 */
export const zeroPad2d = defineLayer<ZeroPad2dOptions, ZeroPad2dSettings>({
  type: 'zeroPad2d',
  settings: (check) => check({ padding: checkSides }),

  outputShape(settings, [input]) {
    const { channels, height, width, top, left, bottom, right } = shapeOf(settings, input);
    return [channels, top + height + bottom, left + width + right];
  },

  fusesActivation: true,
  fusesInputActivation: true,

  compile(settings, { input, x, y, activation, outputGradient, inputGradient, inputActivation }) {
    const shape = shapeOf(settings, input);
    return {
      forward: [call(zeroPad2dKernel(shape, activation), { x, y })],
      backward: () =>
        inputGradient
          ? [call(zeroPad2dInputGradient(shape, inputActivation), { dy: outputGradient, x, dx: inputGradient })]
          : [],
    };
  },

  reference: {
    forward: (settings, [input], batch, [x]) => reference.zeroPad2d(shapeOf(settings, input), batch, x),
    backward: (settings, [input], batch, _xs, _parameters, outputGradient) => ({
      inputs: [reference.crop2d(shapeOf(settings, input), batch, outputGradient)],
      parameters: {},
    }),
  },
});

function shapeOf({ padding }: ZeroPad2dSettings, input: Shape): Frame2dShape {
  const [channels, height, width] = planes(input);
  return { channels, height, width, ...padding };
}

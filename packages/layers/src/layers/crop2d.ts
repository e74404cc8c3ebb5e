// Crops planes.
import { crop2dInputGradient, crop2d as crop2dKernel, type Frame2dShape } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { ConvoyError, formatShape, type Pair, type Shape, type Sides } from '@convoy/tensor';
import { checkSides, planes } from '@convoy/tensor/options';
import { defineLayer, type LayerOptions } from '../layer.ts';
import { call } from '../layer-context.ts';

/** Options of `crop2d`. */
export interface Crop2dOptions extends LayerOptions {
  /** Rows and columns to remove: a number for all sides, [vertical, horizontal], or { top, left, bottom, right }. */
  readonly cropping: Pair | Sides;
}

interface Crop2dSettings {
  readonly cropping: Sides;
}

/**
 * Removes rows and columns at the borders of planes: y[c, i, j] = x[c, top + i, left + j].
 *
 * Input [channels, height, width], output [channels, height − top − bottom, width − left − right].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built
 */
export const crop2d = defineLayer<Crop2dOptions, Crop2dSettings>({
  type: 'crop2d',
  settings: (check) => check({ cropping: checkSides }),

  outputShape(settings, [input]) {
    const { channels, height, width } = shapeOf(settings, input);
    return [channels, height, width];
  },

  fusesActivation: true,
  fusesInputActivation: true,

  compile(settings, { input, x, y, activation, outputGradient, inputGradient, inputActivation }) {
    const shape = shapeOf(settings, input);
    return {
      forward: [call(crop2dKernel(shape, activation), { x, y })],
      backward: () =>
        inputGradient
          ? [call(crop2dInputGradient(shape, inputActivation), { dy: outputGradient, x, dx: inputGradient })]
          : [],
    };
  },

  reference: {
    forward: (settings, [input], batch, [x]) => reference.crop2d(shapeOf(settings, input), batch, x),
    backward: (settings, [input], batch, _xs, _parameters, outputGradient) => ({
      inputs: [reference.zeroPad2d(shapeOf(settings, input), batch, outputGradient)],
      parameters: {},
    }),
  },
});

/** The size of the output, and the frame that is removed. */
function shapeOf({ cropping }: Crop2dSettings, input: Shape): Frame2dShape {
  const [channels, fullHeight, fullWidth] = planes(input);
  const height = fullHeight - cropping.top - cropping.bottom;
  const width = fullWidth - cropping.left - cropping.right;
  if (height >= 1 && width >= 1) return { channels, height, width, ...cropping };
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `cropping that leaves ${height}×${width} of an input of shape ${formatShape(input)}`,
    expected: 'cropping that leaves at least one row and one column',
    fix: 'Crop less, or shrink the planes less before this.',
  });
}

// Upsampling in two dimensions by whole factors.
import {
  type UpsampleNearest2dShape,
  upsampleBilinear2d,
  upsampleBilinear2dInputGradient,
  upsampleNearest2d,
  upsampleNearest2dInputGradient,
} from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { ConvoyError, type Pair, type Shape } from '@convoy/tensor';
import { choiceOf, flag, optional } from '@convoy/tensor/checks';
import { planes, positivePair } from '@convoy/tensor/options';
import { defineLayer, type LayerOptions } from '../layer.ts';
import { call } from '../layer-context.ts';

/** Options of `upsample2d`. */
export interface Upsample2dOptions extends LayerOptions {
  /** The factors of height and width; whole numbers. */
  readonly scale: Pair;
  /** 'nearest' (default) repeats pixels, 'bilinear' interpolates between them. */
  readonly mode?: 'nearest' | 'bilinear';
  /** Whether interpolation aligns the centers of the corner pixels, instead of the edges of the planes; default false. */
  readonly alignCorners?: boolean;
}

interface Upsample2dSettings {
  readonly scale: readonly [number, number];
  readonly mode: 'nearest' | 'bilinear';
  readonly alignCorners: boolean;
}

/**
 * Enlarges planes, as `torch.nn.Upsample`.
 *
 * With mode 'nearest', y[c, i, j] = x[c, ⌊i / scaleY⌋, ⌊j / scaleX⌋]. With 'bilinear', y[c, i, j] is x at row max(0, (i + ½) / scaleY − ½), or at
 * row i · (height − 1) / (height · scaleY − 1) with `alignCorners`, and at the column of the same formula: x is interpolated linearly between
 * pixels in both directions, and constant beyond the last pixel.
 *
 * Input [channels, height, width], output [channels, height · scaleY, width · scaleX].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built
 */
export const upsample2d = defineLayer<Upsample2dOptions, Upsample2dSettings>({
  type: 'upsample2d',

  settings(check) {
    const settings = check({
      scale: positivePair,
      mode: optional(choiceOf('nearest', 'bilinear'), 'nearest'),
      alignCorners: optional(flag, false),
    });
    if (settings.mode === 'bilinear' || !settings.alignCorners) return settings;
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: "alignCorners: true with mode: 'nearest'",
      expected: "alignCorners only with mode: 'bilinear'",
      fix: 'Leave alignCorners out, or change the mode.',
    });
  },

  outputShape(settings, [input]) {
    const { channels, height, width, scaleY, scaleX } = shapeOf(settings, input);
    return [channels, height * scaleY, width * scaleX];
  },

  fusesActivation: true,
  fusesInputActivation: true,

  compile(settings, { input, x, y, activation, outputGradient, inputGradient, inputActivation }) {
    const shape = shapeOf(settings, input);
    const { alignCorners } = settings;
    const [forward, backward] =
      settings.mode === 'nearest'
        ? [upsampleNearest2d(shape, activation), () => upsampleNearest2dInputGradient(shape, inputActivation)]
        : [
            upsampleBilinear2d({ ...shape, alignCorners }, activation),
            () => upsampleBilinear2dInputGradient({ ...shape, alignCorners }, inputActivation),
          ];
    return {
      forward: [call(forward, { x, y })],
      backward: () => (inputGradient ? [call(backward(), { dy: outputGradient, x, dx: inputGradient })] : []),
    };
  },

  reference: {
    forward(settings, [input], batch, [x]) {
      const shape = shapeOf(settings, input);
      return settings.mode === 'nearest'
        ? reference.upsampleNearest2d(shape, batch, x)
        : reference.upsampleBilinear2d({ ...shape, alignCorners: settings.alignCorners }, batch, x);
    },
    backward(settings, [input], batch, _xs, _parameters, outputGradient) {
      const shape = shapeOf(settings, input);
      const { alignCorners } = settings;
      return {
        inputs: [
          settings.mode === 'nearest'
            ? reference.upsampleNearest2dInputGradient(shape, batch, outputGradient)
            : reference.upsampleBilinear2dInputGradient({ ...shape, alignCorners }, batch, outputGradient),
        ],
        parameters: {},
      };
    },
  },
});

function shapeOf({ scale: [scaleY, scaleX] }: Upsample2dSettings, input: Shape): UpsampleNearest2dShape {
  const [channels, height, width] = planes(input);
  return { channels, height, width, scaleY, scaleX };
}

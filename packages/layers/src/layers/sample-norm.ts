// Normalizations that compute their statistics for each sample: group and layer normalization.
import {
  channelSums,
  type GroupNormShape,
  groupNorm,
  groupNormInputGradient,
  groupNormSavedFloats,
  groupNormScaleGradient,
  normOverChannels,
  normOverChannelsInputGradient,
  normOverChannelsSavedFloats,
  normOverChannelsScaleGradient,
} from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import type { Shape } from '@convoy/tensor';
import type { OptionChecker, OptionsParameter } from '@convoy/tensor/checks';
import { defineLayer, type Layer, type LayerOptions, type OwnOptions } from '../layer.ts';
import { accumulatingCall, type CompiledLayer, call, type LayerContext } from '../layer-context.ts';
import {
  type NormalizationOptions,
  type NormalizationSettings,
  normalizationParameters,
} from './normalization-options.ts';

/** The kernels of a normalization, and their references. */
interface SampleNorm {
  readonly forward: typeof groupNorm;
  readonly savedFloats: typeof groupNormSavedFloats;
  readonly scaleGradient: typeof groupNormScaleGradient;
  readonly inputGradient: typeof groupNormInputGradient;
  readonly reference: {
    readonly forward: typeof reference.groupNorm;
    readonly scaleGradient: typeof reference.groupNormScaleGradient;
    readonly inputGradient: typeof reference.groupNormInputGradient;
  };
}

/** Over groups of channels. */
export const overGroups: SampleNorm = {
  forward: groupNorm,
  savedFloats: groupNormSavedFloats,
  scaleGradient: groupNormScaleGradient,
  inputGradient: groupNormInputGradient,
  reference: {
    forward: reference.groupNorm,
    scaleGradient: reference.groupNormScaleGradient,
    inputGradient: reference.groupNormInputGradient,
  },
};

/** Over the channels of each pixel. */
export const overChannels: SampleNorm = {
  forward: normOverChannels,
  savedFloats: normOverChannelsSavedFloats,
  scaleGradient: normOverChannelsScaleGradient,
  inputGradient: normOverChannelsInputGradient,
  reference: {
    forward: reference.normOverChannels,
    scaleGradient: reference.normOverChannelsScaleGradient,
    inputGradient: reference.normOverChannelsInputGradient,
  },
};

/** A normalization for a layer's input. */
interface Problem {
  readonly norm: SampleNorm;
  readonly shape: GroupNormShape;
  /** The shape of each parameter. */
  readonly parameters: Shape;
}

interface SampleNormLayer<Options extends LayerOptions, Settings> {
  readonly type: string;
  settings(check: OptionChecker<OwnOptions<Options>>): Settings;
  /** @throws ConvoyError CONVOY_SHAPE_MISMATCH if the layer cannot take such an input. */
  problem(settings: Settings, input: Shape): Problem;
}

export const defineSampleNorm = <Options extends NormalizationOptions, Settings extends NormalizationSettings>({
  type,
  settings,
  problem,
}: SampleNormLayer<Options, Settings>): ((...options: OptionsParameter<Options>) => Layer) =>
  defineLayer<Options, Settings>({
    type,
    settings,

    outputShape(settings, [input]) {
      problem(settings, input);
      return input;
    },

    parameters: (settings, [input]) => normalizationParameters(settings, problem(settings, input).parameters),

    fusesActivation: true,
    fusesInputActivation: true,

    compile: (settings, context) => compile(problem(settings, context.input), settings, context),

    reference: {
      forward(settings, [input], batch, [x], { scale, offset }) {
        const { norm, shape } = problem(settings, input);
        return norm.reference.forward(shape, batch, x, scale, offset);
      },
      backward(settings, [input], batch, [x], { scale }, outputGradient) {
        const { norm, shape } = problem(settings, input);
        const { inputGradient, scaleGradient } = norm.reference;
        return {
          inputs: [inputGradient(shape, batch, x, outputGradient, scale)],
          parameters: {
            ...(settings.scale && { scale: scaleGradient(shape, batch, x, outputGradient) }),
            ...(settings.offset && { offset: reference.channelSums(shape, outputGradient) }),
          },
        };
      },
    },
  });

function compile(
  { norm, shape }: Problem,
  { scale: useScale, offset: useOffset }: NormalizationSettings,
  context: LayerContext,
): CompiledLayer {
  const { x, y, activation, inputActivation, outputGradient, inputGradient } = context;
  const scale = useScale ? context.parameter('scale') : undefined;
  const offset = useOffset ? context.parameter('offset') : undefined;
  const saved = context.scratch(norm.savedFloats(shape));
  return {
    forward: [call(norm.forward(shape, { activation, useScale, useOffset }), { x, scale, offset, saved, y })],
    backward: () => [
      ...(useScale
        ? [
            accumulatingCall((accumulate) => norm.scaleGradient(shape, accumulate), {
              x,
              dy: outputGradient,
              saved,
              dscale: context.gradient('scale'),
            }),
          ]
        : []),
      ...(useOffset
        ? [
            accumulatingCall((accumulate) => channelSums(shape.channels, shape.area, accumulate), {
              dy: outputGradient,
              db: context.gradient('offset'),
            }),
          ]
        : []),
      ...(inputGradient
        ? [
            call(norm.inputGradient(shape, { activation: inputActivation, useScale }), {
              x,
              dy: outputGradient,
              scale,
              saved,
              dx: inputGradient,
            }),
          ]
        : []),
    ],
  };
}

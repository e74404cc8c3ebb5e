// Fully connected layer.
import {
  channelSums,
  type DenseShape,
  denseInputGradient,
  dense as denseKernel,
  denseScratchFloats,
  denseWeightGradient,
} from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { ConvoyError, formatShape, positiveInteger, type Shape } from '@convoy/tensor';
import { defineLayer } from '../layer.ts';
import { accumulatingCall, call } from '../layer-context.ts';
import { type WeightOptions, type WeightSettings, weightChecks, weightParameters } from './weight-options.ts';

/** Options of `dense`. */
export interface DenseOptions extends WeightOptions {
  /** The number of outputs. */
  readonly units: number;
}

interface DenseSettings extends WeightSettings {
  readonly units: number;
}

/**
 * y[o] = b[o] + Σ w[o, i] · x[i]: a fully connected layer.
 *
 * Input [features], output [units]. Parameters: `kernel` [units, features], `bias` [units].
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_SHAPE_MISMATCH when a model is built, unless the input has one dimension
 */
export const dense = defineLayer<DenseOptions, DenseSettings>({
  type: 'dense',

  settings: (check) => check({ units: positiveInteger, ...weightChecks }),

  outputShape: (settings, [input]) => [shapeOf(settings, input).outFeatures],

  parameters(settings, [input]) {
    const { inFeatures, outFeatures } = shapeOf(settings, input);
    const fans = { fanIn: inFeatures, fanOut: outFeatures };
    return weightParameters(settings, [outFeatures, inFeatures], outFeatures, fans);
  },

  multiplyAdds: ({ units }, [[features = 0]]) => features * units,

  fusesActivation: true,
  fusesInputActivation: true,

  compile(settings, context) {
    const shape = shapeOf(settings, context.input);
    const { x, y, activation, outputGradient, inputGradient } = context;
    const { useBias } = settings;
    const kernel = context.parameter('kernel');
    const bias = useBias ? context.parameter('bias') : undefined;
    const scratch = context.scratch(denseScratchFloats(shape));
    return {
      forward: [call(denseKernel(shape, { activation, useBias }), { x, w: kernel, bias, y })],
      backward: () => [
        accumulatingCall((accumulate) => denseWeightGradient(shape, accumulate), {
          x,
          dy: outputGradient,
          scratch,
          dw: context.gradient('kernel'),
        }),
        ...(useBias
          ? [
              accumulatingCall((accumulate) => channelSums(shape.outFeatures, 1, accumulate), {
                dy: outputGradient,
                db: context.gradient('bias'),
              }),
            ]
          : []),
        ...(inputGradient
          ? [
              call(denseInputGradient(shape, context.inputActivation), {
                dy: outputGradient,
                w: kernel,
                x,
                dx: inputGradient,
              }),
            ]
          : []),
      ],
    };
  },

  reference: {
    forward: (settings, [input], batch, [x], { kernel, bias }) =>
      reference.dense(shapeOf(settings, input), batch, x, kernel as Float64Array, bias),
    backward(settings, [input], batch, [x], { kernel }, outputGradient) {
      const shape = shapeOf(settings, input);
      return {
        inputs: [reference.denseInputGradient(shape, batch, kernel as Float64Array, outputGradient)],
        parameters: {
          kernel: reference.denseWeightGradient(shape, batch, x, outputGradient),
          ...(settings.useBias && { bias: reference.denseBiasGradient(shape, outputGradient) }),
        },
      };
    },
  },
});

function shapeOf(settings: DenseSettings, input: Shape): DenseShape {
  const [inFeatures] = input;
  if (input.length === 1 && inFeatures !== undefined) return { inFeatures, outFeatures: settings.units };
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `an input of shape ${formatShape(input)}`,
    expected: 'one dimension: [features]',
    fix: 'Put flatten() before dense().',
  });
}

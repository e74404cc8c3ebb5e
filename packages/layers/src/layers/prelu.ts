// Parametric ReLU: the slope for negative inputs is learned.
import { type PlanesShape, preluInputGradient, prelu as preluKernel, preluSlopeGradient } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { type Shape, sizeOf } from '@convoy/tensor';
import { flag, optional } from '@convoy/tensor/checks';
import { checkInitializer, type Initializer } from '../initializer.ts';
import { constantInitializer } from '../initializers/constant.ts';
import { defineLayer, type Layer, type LayerOptions } from '../layer.ts';
import { accumulatingCall, call } from '../layer-context.ts';

/** Options of `prelu`. */
export interface PreluOptions extends LayerOptions {
  /** Whether all channels share one slope; default false. */
  readonly shared?: boolean;
  /** Default 0.25. */
  readonly slopeInitializer?: Initializer;
}

interface PreluSettings {
  readonly shared: boolean;
  readonly slopeInitializer: Initializer;
}

const describe = defineLayer<PreluOptions, PreluSettings>({
  type: 'prelu',

  settings: (check) =>
    check({
      shared: optional(flag, false),
      slopeInitializer: optional(checkInitializer, constantInitializer(0.25)),
    }),

  outputShape: (_, [input]) => input,

  parameters: (settings, [input]) => [
    {
      name: 'slope',
      shape: [shapeOf(settings, input).channels],
      initializer: settings.slopeInitializer,
      fanIn: 1,
      fanOut: 1,
    },
  ],

  compile(settings, context) {
    const shape = shapeOf(settings, context.input);
    const { x, y, outputGradient, inputGradient } = context;
    const slope = context.parameter('slope');
    return {
      forward: [call(preluKernel(shape), { x, slope, y })],
      backward: () => [
        accumulatingCall((accumulate) => preluSlopeGradient(shape, accumulate), {
          x,
          dy: outputGradient,
          dslope: context.gradient('slope'),
        }),
        ...(inputGradient
          ? [call(preluInputGradient(shape), { x, slope, dy: outputGradient, dx: inputGradient })]
          : []),
      ],
    };
  },

  reference: {
    forward: (settings, [input], _batch, [x], { slope }) =>
      reference.prelu(shapeOf(settings, input), x, slope as Float64Array),
    backward(settings, [input], _batch, [x], { slope }, outputGradient) {
      const shape = shapeOf(settings, input);
      return {
        inputs: [reference.preluInputGradient(shape, x, slope as Float64Array, outputGradient)],
        parameters: { slope: reference.preluSlopeGradient(shape, x, outputGradient) },
      };
    },
  },
});

/**
 * y[c, …] = x[c, …] where x > 0, else slope[c] · x[c, …]. The derivative at 0 is the slope.
 *
 * Input of any shape [channels, …], output of the same shape. Parameter: `slope` [channels], or [1] with `shared`. Weight decay moves the
 * slopes towards 0, where the layer is a ReLU.
 * K. He and others, "Delving deep into rectifiers", 2015.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const prelu = (options: PreluOptions = {}): Layer => describe(options);

/** With a shared slope the whole sample counts as one channel. */
function shapeOf({ shared }: PreluSettings, input: Shape): PlanesShape {
  const [channels = 1, ...plane] = input;
  return shared ? { channels: 1, area: sizeOf(input) } : { channels, area: sizeOf(plane) };
}

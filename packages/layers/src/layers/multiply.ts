// The product of several inputs, some of which may have one number per channel.
import { type ProductShape, product, productGradient } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { ConvoyError, formatShape, type Shape, sameShape, sizeOf } from '@convoy/tensor';
import { defineMergeLayer, type Layer, type LayerOptions } from '../layer.ts';
import { type BufferLocation, call, numberedOperands } from '../layer-context.ts';

const describe = defineMergeLayer<LayerOptions, object>({
  type: 'multiply',
  arity: [2, Number.POSITIVE_INFINITY],
  settings: (check) => check({}),
  outputShape: (_, inputs) => whole(inputs),
  fusesActivation: true,

  compile(_, { inputs, outputGradient, y, activation }) {
    const shape = shapeOf(inputs.map((input) => input.shape));
    const xs: readonly (BufferLocation | undefined)[] = inputs.map(({ x }) => x);
    return {
      forward: [call(product(shape, activation), { ...numberedOperands('x', xs), y })],
      backward: () =>
        inputs.flatMap(({ gradient }, factor) =>
          gradient
            ? [
                call(productGradient(shape, factor), {
                  dy: outputGradient,
                  ...numberedOperands('x', xs.with(factor, undefined)),
                  dx: gradient,
                }),
              ]
            : [],
        ),
    };
  },

  reference: {
    forward: (_settings, inputs, batch, xs) => reference.product(shapeOf(inputs), batch, xs),
    backward: (_settings, inputs, _batch, xs, _parameters, outputGradient) => ({
      inputs: reference.productGradients(shapeOf(inputs), xs, outputGradient),
      parameters: {},
    }),
  },
});

/**
 * y = x₁ · x₂ · …, element by element, multiplied in the order of the inputs. A merge layer for two or more inputs. The output has the shape of the
 * largest input, [channels, …]. All inputs have this shape, or one number per channel: [channels, 1, 1] or [channels].
 * The gates of squeeze-and-excitation: J. Hu and others, "Squeeze-and-Excitation Networks", 2018.
 *
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, naming both shapes, when a model is built
 * @example x.merge(multiply(), x.to(globalAvgPool2d(), dense({ units: channels }), sigmoid()))
 */
export const multiply = (options: LayerOptions = {}): Layer => describe(options);

/** The first of the largest inputs. @throws ConvoyError CONVOY_SHAPE_MISMATCH unless all others fit it */
function whole(inputs: readonly Shape[]): Shape {
  const largest = inputs.reduce((a, b) => (sizeOf(b) > sizeOf(a) ? b : a));
  const other = inputs.find((shape) => !sameShape(shape, largest) && !isOfChannels(shape, largest));
  if (!other) return largest;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `inputs of shape ${formatShape(largest)} and ${formatShape(other)}`,
    expected: 'inputs of the same shape, or with one number per channel: [channels, 1, 1] or [channels]',
    fix: 'Give them the same shape, or reduce one to a number per channel, for example with globalAvgPool2d().',
  });
}

const isOfChannels = ([channels, ...plane]: Shape, [wholeChannels]: Shape): boolean =>
  channels === wholeChannels && sizeOf(plane) === 1;

function shapeOf(inputs: readonly Shape[]): ProductShape {
  const [channels = 1, ...plane] = whole(inputs);
  const area = sizeOf(plane);
  return { channels, area, factors: inputs.map((shape) => (sizeOf(shape) === channels * area ? 'plane' : 'channel')) };
}

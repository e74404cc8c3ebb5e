// Concatenates inputs along their channels.
import { concatGradient, concat as concatKernel } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { ConvoyError, formatShape, type Shape, sameShape, sizeOf } from '@convoy/tensor';
import { defineMergeLayer, type Layer, type LayerOptions } from '../layer.ts';
import { call, numberedOperands } from '../layer-context.ts';

const describe = defineMergeLayer<LayerOptions, object>({
  type: 'concat',
  arity: [2, Number.POSITIVE_INFINITY],
  settings: (check) => check({}),
  outputShape: (_, inputs) => stacked(inputs),
  fusesActivation: true,

  compile(_, { inputs, outputGradient, y, activation }) {
    const counts = countsOf(inputs.map(({ shape }) => shape));
    const gradients = inputs.map(({ gradient }) => gradient);
    const kernel = concatGradient(
      counts,
      gradients.map((gradient) => gradient !== undefined),
    );
    return {
      forward: [
        call(concatKernel(counts, activation), {
          ...numberedOperands(
            'x',
            inputs.map(({ x }) => x),
          ),
          y,
        }),
      ],
      backward: () =>
        gradients.some((gradient) => gradient)
          ? [call(kernel, { dy: outputGradient, ...numberedOperands('dx', gradients) })]
          : [],
    };
  },

  reference: {
    forward: (_settings, _inputs, batch, xs) => reference.concat(batch, xs),
    backward: (_settings, inputs, batch, _xs, _parameters, outputGradient) => ({
      inputs: reference.concatGradients(countsOf(inputs), batch, outputGradient),
      parameters: {},
    }),
  },
});

/**
 * Concatenates inputs along their first dimension, in their order: [channels₁, …] and [channels₂, …] make [channels₁ + channels₂, …]. A merge layer
 * for two or more inputs, whose other dimensions are equal.
 * C. Szegedy and others, "Going Deeper with Convolutions", 2015, merges branches in this way.
 *
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, naming both shapes, when a model is built
 */
export const concat = (options: LayerOptions = {}): Layer => describe(options);

const countsOf = (inputs: readonly Shape[]): readonly number[] => inputs.map(sizeOf);

function stacked(inputs: readonly Shape[]): Shape {
  const [first, ...others] = inputs as [Shape, ...Shape[]];
  const other = others.find((shape) => !sameShape(shape.slice(1), first.slice(1)));
  if (!other) return [inputs.reduce((channels, shape) => channels + (shape[0] as number), 0), ...first.slice(1)];
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `inputs of shape ${formatShape(first)} and ${formatShape(other)}`,
    expected: 'inputs that differ in the first dimension at most',
    fix: 'Give them the same height and width, for example with padding or pooling.',
  });
}

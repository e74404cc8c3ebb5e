// The sum of several inputs.
import { sum } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { ConvoyError, formatShape, type Shape, sameShape, sizeOf } from '@convoy/tensor';
import { defineMergeLayer, type Layer, type LayerOptions } from '../layer.ts';
import { call, numberedOperands } from '../layer-context.ts';

const describe = defineMergeLayer<LayerOptions, object>({
  type: 'add',
  arity: [2, Number.POSITIVE_INFINITY],
  settings: (check) => check({}),
  outputShape: (_, inputs) => commonShape(inputs),
  fusesActivation: true,
  passesGradient: true,

  compile: (_, { inputs, output, y, activation }) => ({
    forward: [
      call(sum(sizeOf(output), inputs.length, activation), {
        ...numberedOperands(
          'x',
          inputs.map(({ x }) => x),
        ),
        y,
      }),
    ],
    backward: () => [],
  }),

  reference: {
    forward: (_settings, _inputs, _batch, xs) => reference.sum(xs),
    backward: (_settings, _inputs, _batch, xs, _parameters, outputGradient) => ({
      inputs: xs.map(() => outputGradient),
      parameters: {},
    }),
  },
});

/**
 * y = x₁ + x₂ + …, element by element, added in the order of the inputs. A merge layer for two or more inputs of the same shape, which is also
 * the shape of the output. The shortcut of residual networks: K. He and others, "Deep Residual Learning for Image Recognition", 2016.
 *
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, naming both shapes, when a model is built
 * @example graph({ input: [16, 8, 8] }, (x) => x.to(conv2d({ filters: 16, kernelSize: 3, padding: 'same' })).merge(add(), x))
 */
export const add = (options: LayerOptions = {}): Layer => describe(options);

function commonShape(inputs: readonly Shape[]): Shape {
  const [first, ...others] = inputs as [Shape, ...Shape[]];
  const other = others.find((shape) => !sameShape(shape, first));
  if (!other) return first;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `inputs of shape ${formatShape(first)} and ${formatShape(other)}`,
    expected: 'inputs of the same shape',
    fix: 'Give them the same shape, for example with conv2d({ filters, kernelSize: 1, strides }).',
  });
}

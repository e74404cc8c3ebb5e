// Makes layers of activations. If the derivative is a function of the output, neighboring layers fuse the activation if they can: the layer before
// it applies the activation where it stores its result, and the layer after it applies the derivative. Otherwise the activation has its own kernels.
import {
  type Activation,
  type InputActivation,
  pointwise,
  pointwiseGradient,
  pointwiseInputGradient,
} from '@convoy/kernels';
import { sizeOf } from '@convoy/tensor';
import type { OptionChecker } from '@convoy/tensor/checks';
import { defineLayer, type Layer, type LayerOptions } from '../layer.ts';
import { type BufferLocation, type Call, call } from '../layer-context.ts';

interface Elementwise<Own, Settings> {
  readonly type: string;
  settings(check: OptionChecker<Own>): Settings;
  reference(settings: Settings): {
    forward(x: Float64Array): Float64Array;
    /** The input gradient. `kept` is the input or the output, of which the derivative is a function. */
    backward(kept: Float64Array, outputGradient: Float64Array): Float64Array;
  };
}

/** A layer whose derivative is a function of its output. */
export const defineActivation = <Own extends object, Settings extends object>({
  activation,
  ...common
}: Elementwise<Own, Settings> & { activation(settings: Settings): Activation }) =>
  defineElementwise({
    ...common,
    keeps: 'y',
    forward: activation,
    gradient: (settings, count, { y, dy, dx }) => call(pointwiseGradient(count, activation(settings)), { y, dy, dx }),
    fused: activation,
  });

/**
 * A layer whose derivative is a function of its input. Other layers may fuse what `fused` returns: the same activation, if its derivative is also a
 * function of the output.
 */
export const defineInputActivation = <Own extends object, Settings extends object>({
  activation,
  fused = () => undefined,
  ...common
}: Elementwise<Own, Settings> & {
  activation(settings: Settings): InputActivation;
  fused?(settings: Settings): Activation | undefined;
}) =>
  defineElementwise({
    ...common,
    keeps: 'x',
    forward: activation,
    gradient: (settings, count, { x, dy, dx }) =>
      call(pointwiseInputGradient(count, activation(settings)), { x, dy, dx }),
    fused,
  });

function defineElementwise<Own extends object, Settings extends object>({
  type,
  settings: settingsOf,
  keeps,
  forward,
  gradient,
  fused,
  reference,
}: Elementwise<Own, Settings> & {
  readonly keeps: 'x' | 'y';
  forward(settings: Settings): Pick<Activation, 'forward'>;
  gradient(
    settings: Settings,
    count: number,
    locations: Readonly<Record<'x' | 'y' | 'dy' | 'dx', BufferLocation>>,
  ): Call;
  fused(settings: Settings): Activation | undefined;
}): (options?: Own & LayerOptions) => Layer {
  return defineLayer<Own & LayerOptions, Settings>({
    type,
    // The options of the layer without those of all layers are its own again.
    settings: (check) => settingsOf(check as OptionChecker<unknown> as OptionChecker<Own>),
    outputShape: (_, [input]) => input,
    activation: fused,
    compile: (settings, { input, x, y, outputGradient, inputGradient }) => ({
      forward: [call(pointwise(sizeOf(input), forward(settings)), { x, y })],
      backward: () =>
        inputGradient ? [gradient(settings, sizeOf(input), { x, y, dy: outputGradient, dx: inputGradient })] : [],
    }),
    reference: {
      forward: (settings, _inputs, _batch, [x]) => reference(settings).forward(x),
      backward(settings, _inputs, _batch, [x], _parameters, outputGradient) {
        const { forward, backward } = reference(settings);
        return { inputs: [backward(keeps === 'x' ? x : forward(x), outputGradient)], parameters: {} };
      },
    },
  }) as (options?: Own & LayerOptions) => Layer;
}

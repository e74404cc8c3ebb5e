// Makes layers of activations. Where the derivative is a function of the output, the layer before applies the activation where
// it stores its result, and the layer after applies the derivative, where they can; elsewhere kernels of their own do.
import {
  type Activation,
  type InputActivation,
  type Kernel,
  pointwise,
  pointwiseGradient,
  pointwiseInputGradient,
} from '@convoy/kernels';
import { sizeOf } from '@convoy/tensor';
import { defineLayer, type Layer, type LayerOptions } from '../layer.ts';

interface Elementwise<Options, Settings> {
  readonly type: string;
  settings(options: Options): Settings;
  reference(settings: Settings): {
    forward(x: Float64Array): Float64Array;
    /** The gradient at the input, of what the derivative is a function of and the gradient at the output. */
    backward(kept: Float64Array, outputGradient: Float64Array): Float64Array;
  };
}

/** A layer whose derivative is a function of its output. */
export const defineActivation = <Options extends LayerOptions, Settings extends object>({
  activation,
  ...common
}: Elementwise<Options, Settings> & { activation(settings: Settings): Activation }) =>
  defineElementwise({
    ...common,
    keeps: 'y',
    forward: activation,
    gradient: (settings, count) => pointwiseGradient(count, activation(settings)),
    fused: activation,
  });

/** A layer whose derivative is a function of its input. Where `fused` gives an activation, its neighbours may do without that input. */
export const defineInputActivation = <Options extends LayerOptions, Settings extends object>({
  activation,
  fused = () => undefined,
  ...common
}: Elementwise<Options, Settings> & {
  activation(settings: Settings): InputActivation;
  fused?(settings: Settings): Activation | undefined;
}) =>
  defineElementwise({
    ...common,
    keeps: 'x',
    forward: activation,
    gradient: (settings, count) => pointwiseInputGradient(count, activation(settings)),
    fused,
  });

function defineElementwise<Options extends LayerOptions, Settings extends object>({
  type,
  settings: settingsOf,
  keeps,
  forward,
  gradient,
  fused,
  reference,
}: Elementwise<Options, Settings> & {
  readonly keeps: 'x' | 'y';
  forward(settings: Settings): Pick<Activation, 'forward'>;
  /** Arguments: what is kept, dy, dx, all as cells. */
  gradient(settings: Settings, count: number): Kernel;
  fused(settings: Settings): Activation | undefined;
}): (options?: Options) => Layer {
  const describe = defineLayer<Options, Settings>({
    type,
    settings: settingsOf,
    outputShape: (_, input) => input,
    activation: fused,
    compile: (settings, { input, x, y, outputGradient, inputGradient }) => ({
      forward: [{ kernel: pointwise(sizeOf(input), forward(settings)), places: [x, y] }],
      backward: () => {
        const kept = keeps === 'x' ? x : y;
        const kernel = gradient(settings, sizeOf(input));
        return inputGradient ? [{ kernel, places: [kept, outputGradient, inputGradient] }] : [];
      },
    }),
    reference: {
      forward: (settings, _input, _batch, x) => reference(settings).forward(x),
      backward(settings, _input, _batch, x, _parameters, outputGradient) {
        const twin = reference(settings);
        const kept = keeps === 'x' ? x : twin.forward(x);
        return { input: twin.backward(kept, outputGradient), parameters: {} };
      },
    },
  });
  return (options = {} as Options) => describe(options);
}

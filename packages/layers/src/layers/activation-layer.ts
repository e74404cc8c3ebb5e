// Makes layers of activations. If the derivative is a function of the output, neighboring layers fuse the activation if they can: the layer before
// it applies the activation where it stores its result, and the layer after it applies the derivative. Otherwise the activation has its own kernels,
// which keep the input or the derivative for backward.
import {
  type Activation,
  type DerivativeActivation,
  type InputActivation,
  LANES,
  pointwise,
  pointwiseGradient,
  pointwiseInputGradient,
  pointwiseProduct,
  pointwiseWithDerivative,
} from '@convoy/kernels';
import { sizeOf } from '@convoy/tensor';
import type { OptionChecker } from '@convoy/tensor/checks';
import { defineLayer, type Layer, type LayerOptions } from '../layer.ts';
import { type CompiledLayer, call, type LayerContext } from '../layer-context.ts';

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
    fused: activation,
    compile(settings, { x, y, input, outputGradient: dy, inputGradient: dx }) {
      const [count, f] = [sizeOf(input), activation(settings)];
      return {
        forward: [call(pointwise(count, f), { x, y })],
        backward: () => (dx ? [call(pointwiseGradient(count, f), { y, dy, dx })] : []),
      };
    },
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
    fused,
    compile(settings, { x, y, input, outputGradient: dy, inputGradient: dx }) {
      const [count, f] = [sizeOf(input), activation(settings)];
      return {
        forward: [call(pointwise(count, f), { x, y })],
        backward: () => (dx ? [call(pointwiseInputGradient(count, f), { x, dy, dx })] : []),
      };
    },
  });

/** A layer that computes its derivative in forward, together with its output, and keeps it. */
export const defineDerivativeActivation = <Own extends object, Settings extends object>({
  activation,
  ...common
}: Elementwise<Own, Settings> & { activation(settings: Settings): DerivativeActivation }) =>
  defineElementwise({
    ...common,
    keeps: 'x',
    fused: () => undefined,
    compile(settings, { x, y, input, outputGradient: dy, inputGradient: dx, scratch }) {
      const [count, f] = [sizeOf(input), activation(settings)];
      const inference = call(pointwise(count, f), { x, y });
      if (!dx) return { forward: [inference], backward: () => [] };
      const derivative = scratch(LANES * count);
      return {
        forward: [call(pointwiseWithDerivative(count, f), { x, y, derivative })],
        inference: [inference],
        backward: () => [call(pointwiseProduct(count), { derivative, dy, dx })],
      };
    },
  });

function defineElementwise<Own extends object, Settings extends object>({
  type,
  settings: settingsOf,
  keeps,
  fused,
  compile,
  reference,
}: Elementwise<Own, Settings> & {
  /** Of what the gradient of the reference is a function. */
  readonly keeps: 'x' | 'y';
  fused(settings: Settings): Activation | undefined;
  compile(settings: Settings, context: LayerContext): CompiledLayer;
}): (options?: Own & LayerOptions) => Layer {
  return defineLayer<Own & LayerOptions, Settings>({
    type,
    // The options of the layer without those of all layers are its own again.
    settings: (check) => settingsOf(check as OptionChecker<unknown> as OptionChecker<Own>),
    outputShape: (_, [input]) => input,
    activation: fused,
    compile,
    reference: {
      forward: (settings, _inputs, _batch, [x]) => reference(settings).forward(x),
      backward(settings, _inputs, _batch, [x], _parameters, outputGradient) {
        const { forward, backward } = reference(settings);
        return { inputs: [backward(keeps === 'x' ? x : forward(x), outputGradient)], parameters: {} };
      },
    },
  }) as (options?: Own & LayerOptions) => Layer;
}

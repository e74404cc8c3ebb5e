// Activations with their references, for kernels that fuse them.
import fc from 'fast-check';
import { type Activation, identity, relu, sigmoid, tanh } from '../../src/families/activations/activation.ts';
import { add, multiply } from '../../src/language/floats.ts';
import * as reference from '../../src/reference/index.ts';

export interface CheckedActivation {
  readonly activation: Activation;
  readonly forward: (x: Float64Array) => Float64Array;
  /** ∂E/∂x from y and ∂E/∂y. */
  readonly gradient: (y: Float64Array, outputGradient: Float64Array) => Float64Array;
}

export const none: CheckedActivation = {
  activation: identity,
  forward: (x) => x,
  gradient: (_, outputGradient) => outputGradient,
};
export const withRelu: CheckedActivation = {
  activation: relu,
  forward: reference.relu,
  gradient: reference.reluGradient,
};
export const withSigmoid: CheckedActivation = {
  activation: sigmoid,
  forward: reference.sigmoid,
  gradient: reference.sigmoidGradient,
};
export const withTanh: CheckedActivation = {
  activation: tanh,
  forward: reference.tanh,
  gradient: reference.tanhGradient,
};

/** An activation whose mutants all matter: y = x + ½, with y as its derivative. */
export const withProbe: CheckedActivation = {
  activation: {
    name: 'probe',
    forward: (_, x) => add(x, 0.5),
    backward: (_, outputGradient, y) => multiply(outputGradient, y),
  },
  forward: (x) => x.map((v) => v + 0.5),
  gradient: (y, outputGradient) => outputGradient.map((g, i) => g * y[i]!),
};

export const noneOrRelu = fc.constantFrom(none, withRelu);

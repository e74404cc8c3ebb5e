// Steps of optimizers in float64, with PyTorch's defaults.
import * as reference from '@convoy/kernels/reference';

/** A parameter with its optimizer slots. */
export type State = { readonly parameters: Float64Array };
/** Takes step t = 1, 2, … of an optimizer. */
export type ReferenceStep = (t: number, state: State, gradient: Float64Array) => State;

export const sgdStep = (settings: Partial<reference.SgdSettings> & { learningRate: number }): ReferenceStep => {
  const all = { momentum: 0, weightDecay: 0, nesterov: false, ...settings };
  return (_, state, gradient) =>
    reference.sgd(all, { velocity: new Float64Array(gradient.length), ...state }, [gradient]);
};
export const adamStep = (settings: Partial<reference.AdamSettings>): ReferenceStep => {
  const pytorch = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decoupled: false };
  return (t, state, gradient) => {
    const zeros = new Float64Array(gradient.length);
    return reference.adam({ ...pytorch, ...settings }, t, { mean: zeros, square: zeros, ...state }, [gradient]);
  };
};
export const rmspropStep = (settings: Partial<reference.RmspropSettings>): ReferenceStep => {
  const pytorch = { learningRate: 0.01, rho: 0.99, epsilon: 1e-8, momentum: 0, weightDecay: 0 };
  return (_, state, gradient) => {
    const zeros = new Float64Array(gradient.length);
    return reference.rmsprop({ ...pytorch, ...settings }, { square: zeros, velocity: zeros, ...state }, [gradient]);
  };
};

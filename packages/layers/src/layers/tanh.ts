// Hyperbolic tangent.
import { tanh as activation, reference } from '@convoy/kernels';
import { defineActivation } from './activation-layer.ts';

/** y = tanh x for each element. Input of any shape, output of the same shape. */
export const tanh = defineActivation({
  type: 'tanh',
  settings: () => ({}),
  activation: () => activation,
  reference: () => ({ forward: reference.tanh, backward: reference.tanhGradient }),
});

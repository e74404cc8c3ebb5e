// Hyperbolic tangent.
import { tanh as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { defineActivation } from './activation-layer.ts';

/** y = tanh x for each element. Input of any shape, output of the same shape. */
export const tanh = defineActivation({
  type: 'tanh',
  settings: (check) => check({}),
  activation: () => activation,
  reference: () => ({ forward: reference.tanh, backward: reference.tanhGradient }),
});

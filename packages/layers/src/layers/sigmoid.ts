// Logistic sigmoid.
import { sigmoid as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { defineActivation } from './activation-layer.ts';

/** y = 1 / (1 + e⁻ˣ) for each element. Input of any shape, output of the same shape. */
export const sigmoid = defineActivation({
  type: 'sigmoid',
  settings: (check) => check({}),
  activation: () => activation,
  reference: () => ({ forward: reference.sigmoid, backward: reference.sigmoidGradient }),
});
